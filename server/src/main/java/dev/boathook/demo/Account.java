package dev.boathook.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * An account at a provider: sends webhooks to its source as the provider does.
 *
 * @param stage where
 * @param provider who
 * @param secret what it signs with
 * @param sourceId the source's id
 * @param path the path of the source's URL
 */
record Account(Stage stage, String provider, String secret, String sourceId, String path) {
  /** Sends a genuine webhook. */
  Answer send(String body, String... headers) throws IOException, InterruptedException {
    return send(secret, Duration.ZERO, body, headers);
  }

  /** Sends one that was signed some time ago. */
  Answer sendStale(Duration age, String body) throws IOException, InterruptedException {
    return send(secret, age, body);
  }

  /** Sends one that somebody signed who does not know the secret. */
  Answer sendForged(String body) throws IOException, InterruptedException {
    return send(secret + "?", Duration.ZERO, body);
  }

  private Answer send(String signedWith, Duration age, String body, String... extra)
      throws IOException, InterruptedException {
    byte[] bytes = body.getBytes(UTF_8);
    Instant signedAt = stage.world().clock().instant().minus(age);
    WebhookRequest signed =
        Providers.named(provider)
            .signer(signedWith)
            .sign(
                new WebhookRequest("POST", url(), Headers.of(extra), bytes),
                new SigningContext("demo", signedAt));
    Answer answer =
        stage
            .caller()
            .post(
                url(),
                signed.headers().plus(Headers.of("content-type", "application/json")),
                signed.body());
    stage.sent().note(answer);
    return answer;
  }

  /** The source's URL. The server has another port after every start. */
  String url() {
    return stage.server().publicUrl() + path;
  }

  /** Why the last request was refused: what the operator sees and the sender does not. */
  String lastRefusal() throws IOException, InterruptedException {
    JsonNode refused = stage.api().get("/v1/sources/" + sourceId + "/refused").path("data");
    return refused.path(0).path("code").asString("none");
  }
}
