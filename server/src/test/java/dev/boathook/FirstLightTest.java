package dev.boathook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.config.Settings;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.store.TestingDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FirstLightTest {
  @Test
  void starts() throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start();
        TestingServer server =
            TestingServer.start(
                TestingDatabase.freshDatabase(),
                Files.createTempDirectory("boathook-test-"),
                List.of(
                    new Settings.SourceSettings(
                        "payments", "stripe", List.of("whsec_test"), Map.of())),
                List.of(
                    new Settings.EndpointSettings(
                        "orders", receiver.url("/hook"), List.of(), List.of("*"))))) {
      String token =
          server
              .boathook()
              .directory()
              .projects()
              .getFirst()
              .sources()
              .values()
              .iterator()
              .next()
              .token();
      byte[] body =
          "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"charge.ok\"}".getBytes(UTF_8);
      Headers headers =
          Providers.named("stripe")
              .signer("whsec_test")
              .sign(
                  new WebhookRequest("POST", "", Headers.of(), body),
                  new SigningContext("x", Instant.ofEpochMilli(System.currentTimeMillis())));
      HttpRequest.Builder request =
          server.open("/in/" + token).POST(HttpRequest.BodyPublishers.ofByteArray(body));
      headers.forEach(line -> request.header(line.name(), line.value()));
      request.header("content-type", "application/json");
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> answer = server.send(request);
        System.err.println(answer.statusCode() + answer.body());
        assertThat(answer.statusCode()).isEqualTo(200);
      }
      System.err.println(receiver.await(1).getFirst());
      assertThat(receiver.await(1).getFirst().body()).isEqualTo(body);
    }
  }
}
