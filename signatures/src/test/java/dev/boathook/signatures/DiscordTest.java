package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.handshake;
import static dev.boathook.signatures.Requests.post;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Discord is answered. */
class DiscordTest {
  private static final Provider DISCORD = Providers.named("discord");

  private static WebhookRequest json(String body) {
    return post(body, "Content-Type", "application/json");
  }

  private static String accepted(String body) {
    Answer answer = DISCORD.accepted(json(body)).orElseThrow();
    return answer.status() + " " + answer.contentType() + " " + new String(answer.body(), UTF_8);
  }

  @Test
  void the_ping_of_interactions_is_answered_with_a_pong() {
    Answer answer =
        handshake(
                Requests.read(DISCORD, json("{\"application_id\":\"1\",\"id\":\"2\",\"type\":1}")))
            .answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(answer.body()).asString().isEqualTo("{\"type\":1}");
  }

  @Test
  void the_ping_of_events_is_answered_with_nothing() {
    Answer answer =
        handshake(
                Requests.read(DISCORD, json("{\"version\":1,\"application_id\":\"1\",\"type\":0}")))
            .answer();
    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void what_only_looks_like_a_ping_is_an_event() {
    for (String body :
        List.of(
            "{\"type\":1,\"event\":{\"type\":\"QUEST_USER_ENROLLMENT\"}}",
            "{\"type\":0,\"event\":{\"type\":\"X\"}}",
            "{\"type\":10}",
            "{\"type\":\"\"}",
            "{\"data\":{\"type\":1}}",
            "{\"type\":1")) {
      assertThat(Requests.read(DISCORD, json(body))).isInstanceOf(Reading.Notification.class);
    }
  }

  @Test
  void an_interaction_is_told_that_its_response_follows_and_is_waited_for() {
    String json = "200 application/json ";
    assertThat(accepted("{\"type\":2}")).isEqualTo(json + "{\"type\":5}");
    assertThat(accepted("{\"type\":3}")).isEqualTo(json + "{\"type\":6}");
    assertThat(accepted("{\"type\":4}")).isEqualTo(json + "{\"type\":8,\"data\":{\"choices\":[]}}");
    assertThat(accepted("{\"type\":5}")).isEqualTo(json + "{\"type\":6}");
    for (int type = 2; type <= 5; type++) {
      assertThat(DISCORD.replyLimit(json("{\"type\":" + type + "}")))
          .contains(Duration.ofSeconds(3));
    }
  }

  @Test
  void an_event_is_answered_with_nothing_and_waits_for_nothing() {
    for (String body :
        List.of("{\"type\":1,\"event\":{\"type\":\"ENTITLEMENT_CREATE\"}}", "{\"type\":9}", "")) {
      assertThat(accepted(body)).isEqualTo("204 application/json ");
      assertThat(DISCORD.replyLimit(json(body))).isEmpty();
    }
  }

  @Test
  void components_and_modals_are_told_by_their_custom_id() {
    assertThat(
            Requests.envelope(
                    Requests.read(
                        DISCORD,
                        json("{\"id\":\"1\",\"type\":3,\"data\":{\"custom_id\":\"berth\"}}")))
                .type())
        .isEqualTo("MESSAGE_COMPONENT.berth");
    assertThat(Requests.envelope(Requests.read(DISCORD, json("{\"id\":\"1\",\"type\":77}"))).type())
        .isEqualTo("77");
  }

  @Test
  void only_a_private_key_signs_and_only_a_public_one_verifies() {
    String publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    String seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    String pem =
        """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
        -----END PRIVATE KEY-----\
        """;
    SigningContext context = new SigningContext("1", java.time.Instant.EPOCH);
    WebhookRequest unsigned = json("{}");
    WebhookRequest byPem = DISCORD.signer(pem).sign(unsigned, context);
    assertThat(DISCORD.signer(seed + publicKey).sign(unsigned, context).headers())
        .isEqualTo(byPem.headers());
    Requests.assertVerified(Requests.verify(DISCORD, publicKey, 0, byPem));
    assertThatThrownBy(() -> DISCORD.signer(publicKey)).isInstanceOf(InvalidSecret.class);
    assertThatThrownBy(() -> DISCORD.verifier(List.of(pem))).isInstanceOf(InvalidSecret.class);
    for (String wrong :
        List.of(publicKey.substring(2), publicKey + "00", "x".repeat(64), publicKey + publicKey)) {
      assertThatThrownBy(() -> DISCORD.verifier(List.of(wrong)))
          .isInstanceOf(InvalidSecret.class)
          .message()
          .doesNotContain(wrong);
    }
  }
}
