package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.assertVerified;
import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.handshake;
import static dev.boathook.signatures.Requests.post;
import static dev.boathook.signatures.Requests.verify;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SlackTest {
  private static final Provider SLACK = Providers.named("slack");
  private static final String SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String COMMAND =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
          + "&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
          + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
          + "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
          + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  private static final WebhookRequest OFFICIAL =
      post(
          COMMAND,
          "Content-Type",
          FORM,
          "X-Slack-Request-Timestamp",
          "1531420618",
          "X-Slack-Signature",
          "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");

  /** From Slack's page on verifying requests. */
  @Test
  void the_official_vector_is_verified() {
    assertVerified(verify(SLACK, SECRET, 1_531_420_618, OFFICIAL));
    assertVerified(verify(SLACK, SECRET, 1_531_420_918, OFFICIAL));
    assertRejected(
        verify(SLACK, SECRET, 1_531_421_030, OFFICIAL),
        Reason.TIMESTAMP_TOO_OLD,
        "timestamp 1531420618 is 412 s old, tolerance 300 s");
  }

  @Test
  void a_second_time_is_rejected() {
    assertRejected(
        verify(
            SLACK,
            SECRET,
            1_531_420_618,
            OFFICIAL.plus(Headers.of("x-slack-request-timestamp", "1531420618"))),
        Reason.MALFORMED_HEADER,
        "X-Slack-Request-Timestamp occurs more than once");
  }

  @Test
  void a_slash_command_is_read() {
    String trigger = "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    assertThat(envelope(Requests.read(SLACK, OFFICIAL)))
        .isEqualTo(new Envelope(trigger, "/webhook-collect", "G8PSS9T3V", null, trigger));
  }

  @Test
  void an_event_is_read() {
    Envelope envelope =
        envelope(
            Requests.read(
                SLACK,
                post(
                    """
                    {"token":"x","team_id":"T1","type":"event_callback","event_id":"Ev1",
                     "event_time":1234567890,"event":{"type":"message","subtype":"channel_join",
                     "channel":"C1","text":"ssl_check=1","ts":"1234567890.000200"}}\
                    """,
                    "Content-Type",
                    "application/json")));
    assertThat(envelope)
        .isEqualTo(
            new Envelope(
                "Ev1", "message.channel_join", "C1", Instant.ofEpochSecond(1234567890), "Ev1"));
  }

  @Test
  void an_interaction_is_read() {
    Envelope envelope =
        envelope(
            Requests.read(
                SLACK,
                post(
                    "payload=%7B%22type%22%3A%22block_actions%22%2C%22trigger_id%22%3A%22t.1%22%2C"
                        + "%22channel%22%3A%7B%22id%22%3A%22C2%22%7D%7D",
                    "Content-Type", FORM)));
    assertThat(envelope).isEqualTo(new Envelope("t.1", "block_actions", "C2", null, "t.1"));
  }

  @Test
  void the_url_verification_is_answered_with_its_challenge() {
    Reading.Handshake answer =
        handshake(
            Requests.read(
                SLACK,
                post(
                    "{\"token\":\"Jhj5\",\"challenge\":\"3eZbrw1aBm2r\",\"type\":\"url_verification\"}",
                    "Content-Type",
                    "application/json")));
    assertThat(answer.answer().status()).isEqualTo(200);
    assertThat(answer.answer().contentType()).isEqualTo("text/plain");
    assertThat(answer.answer().body()).asString().isEqualTo("3eZbrw1aBm2r");
  }

  @Test
  void what_only_looks_like_a_url_verification_is_an_event() {
    for (String body :
        new String[] {
          "{\"type\":\"url_verification\"}",
          "{\"type\":\"url_verification\",\"challenge\":\"\"}",
          "{\"type\":\"url_verification\",\"challenge\":\"a\\nb\"}",
          "{\"type\":\"url_verification\",\"challenge\":{\"a\":1}}",
          "{\"type\":\"url_verification\",\"challenge\":\"" + "x".repeat(1025) + "\"}",
          "{\"event\":{\"type\":\"url_verification\"},\"challenge\":\"x\"}",
          "{\"type\":\"url_verification\",\"challenge\":\"x\"",
        }) {
      assertThat(Requests.read(SLACK, post(body))).isInstanceOf(Reading.Notification.class);
    }
  }

  @Test
  void the_certificate_check_is_answered_with_nothing() {
    Reading.Handshake answer =
        handshake(Requests.read(SLACK, post("token=x&ssl_check=1", "content-type", FORM)));
    assertThat(answer.answer().status()).isEqualTo(200);
    assertThat(answer.answer().body()).isEmpty();
    assertThat(Requests.read(SLACK, post("token=x&ssl_check=2", "Content-Type", FORM)))
        .isInstanceOf(Reading.Notification.class);
    assertThat(Requests.read(SLACK, post("ssl_check=1", "Content-Type", "text/plain")))
        .isInstanceOf(Reading.Notification.class);
  }
}
