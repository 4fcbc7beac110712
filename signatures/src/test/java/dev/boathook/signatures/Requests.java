package dev.boathook.signatures;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Short ways to make and check requests. */
final class Requests {
  static final String URL = "https://hooks.example.com/in/abc?x=1";

  private Requests() {}

  static WebhookRequest post(String body, String... headers) {
    return post(body.getBytes(UTF_8), headers);
  }

  static WebhookRequest post(byte[] body, String... headers) {
    return new WebhookRequest("POST", URL, Headers.of(headers), body);
  }

  static Verdict verify(Provider provider, String secret, long now, WebhookRequest request) {
    return provider.verifier(List.of(secret)).verify(request, Instant.ofEpochSecond(now));
  }

  static void assertVerified(Verdict verdict) {
    assertThat(verdict).isEqualTo(new Verdict.Verified(0));
  }

  static void assertRejected(Verdict verdict, Reason reason) {
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    assertThat(((Verdict.Rejected) verdict).reason()).as(verdict.toString()).isEqualTo(reason);
  }

  static void assertRejected(Verdict verdict, Reason reason, String detail) {
    assertThat(verdict).isEqualTo(new Verdict.Rejected(reason, detail));
  }

  static Reading read(Provider provider, WebhookRequest request) {
    return provider.read(request, "");
  }

  /** The header lines that a signer adds to a request without any. */
  static Headers added(Signer signer, WebhookRequest unsigned, SigningContext context) {
    WebhookRequest signed = signer.sign(unsigned, context);
    List<Headers.Line> lines = new ArrayList<>();
    signed.headers().forEach(lines::add);
    return Headers.of(lines.subList(unsigned.headers().size(), lines.size()));
  }

  static Envelope envelope(Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Notification.class);
    return ((Reading.Notification) reading).envelope();
  }

  static Reading.Handshake handshake(Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Handshake.class);
    return (Reading.Handshake) reading;
  }
}
