package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.handshake;
import static dev.boathook.signatures.Requests.post;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How Zoom tests the address. */
class ZoomTest {
  private static final Provider ZOOM = Providers.named("zoom");
  private static final String SECRET = "zoom_secret_token";
  private static final String VALIDATION =
      "{\"event\":\"endpoint.url_validation\",\"payload\":{\"plainToken\":"
          + "\"qgg8vlvZRS6UYooatFL8Aw\"},\"event_ts\":1654503849680}";

  /** The HMAC was computed with Python's hmac. */
  @Test
  void the_validation_is_answered_with_the_hmac_of_its_token() {
    Answer answer = handshake(ZOOM.read(post(VALIDATION), SECRET)).answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(answer.body())
        .asString()
        .isEqualTo(
            "{\"plainToken\":\"qgg8vlvZRS6UYooatFL8Aw\",\"encryptedToken\":"
                + "\"bd48235863f4a6323ccc4963c594908b7c97f88b4a6a95278f4f093690b12726\"}");
  }

  @Test
  void a_token_is_quoted_as_json() {
    Answer answer =
        handshake(ZOOM.read(post(VALIDATION.replace("qgg8vlvZRS6UYooatFL8Aw", "a\\\"b")), SECRET))
            .answer();
    assertThat(answer.body()).asString().startsWith("{\"plainToken\":\"a\\\"b\",");
  }

  @Test
  void what_only_looks_like_a_validation_is_an_event() {
    for (String body :
        List.of(
            VALIDATION.replace("endpoint.url_validation", "endpoint.url_validated"),
            VALIDATION.replace("plainToken", "token"),
            VALIDATION.replace("\"qgg8vlvZRS6UYooatFL8Aw\"", "{}"),
            VALIDATION.replace("qgg8vlvZRS6UYooatFL8Aw", ""),
            VALIDATION.replace("qgg8vlvZRS6UYooatFL8Aw", "a\\nb"),
            VALIDATION.replace("qgg8vlvZRS6UYooatFL8Aw", "x".repeat(1025)),
            VALIDATION.substring(0, VALIDATION.length() - 1))) {
      assertThat(ZOOM.read(post(body), SECRET)).isInstanceOf(Reading.Notification.class);
    }
  }

  @Test
  void nothing_is_signed_for_a_request_that_no_secret_verified() {
    assertThat(ZOOM.read(post(VALIDATION), "")).isInstanceOf(Reading.Notification.class);
  }
}
