package dev.boathook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import java.net.http.HttpRequest;
import java.time.InstantSource;

/**
 * A webhook as a provider would send it now.
 *
 * @param provider who sends it
 * @param secret what it is signed with
 * @param body its body
 * @param contentType the body's media type
 * @param extra headers beside those of the signature
 * @param ageSeconds how long ago it was signed
 */
public record TestingWebhook(
    String provider,
    String secret,
    String body,
    String contentType,
    Headers extra,
    long ageSeconds) {
  /** One that is signed now. */
  public static TestingWebhook of(String provider, String secret, String body) {
    return new TestingWebhook(
        provider, secret, body, "application/json; charset=utf-8", Headers.of(), 0);
  }

  /** The same, signed earlier. */
  public TestingWebhook signedSecondsAgo(long seconds) {
    return new TestingWebhook(provider, secret, body, contentType, extra, seconds);
  }

  /** The same with another content type. */
  public TestingWebhook contentType(String other) {
    return new TestingWebhook(provider, secret, body, other, extra, ageSeconds);
  }

  /** The same with one more header. */
  public TestingWebhook header(String name, String value) {
    return new TestingWebhook(
        provider, secret, body, contentType, extra.plus(Headers.of(name, value)), ageSeconds);
  }

  /** The request, with the signature's headers. */
  public HttpRequest.Builder to(HttpRequest.Builder request) {
    byte[] bytes = body.getBytes(UTF_8);
    WebhookRequest signed =
        Providers.named(provider)
            .signer(secret)
            .sign(
                new WebhookRequest("POST", "", extra, bytes),
                new SigningContext(
                    "msg_test", InstantSource.system().instant().minusSeconds(ageSeconds)));
    signed.headers().forEach(line -> request.header(line.name(), line.value()));
    return request
        .header("content-type", contentType)
        .POST(HttpRequest.BodyPublishers.ofByteArray(signed.body()));
  }
}
