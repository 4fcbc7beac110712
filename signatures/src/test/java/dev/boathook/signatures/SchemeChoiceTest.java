package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SchemeChoiceTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final SigningContext CONTEXT = new SigningContext("msg_1", NOW);
  private static final String SIGNING_TOKEN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Scheme SIGNED = StandardWebhooks.SCHEME;
  private static final Scheme TOKEN =
      new TokenScheme(new TokenPlace.InHeader("X-Token"), UnaryOperator.identity(), true);

  /** Another secret for each, as GitLab has it. */
  private static final Scheme BY_SECRET =
      SchemeChoice.of(
          SchemeChoice.ifHeader("webhook-signature", SIGNED)
              .forSecrets(secret -> secret.startsWith("whsec_")),
          SchemeChoice.otherwise(TOKEN).forSecrets(secret -> !secret.startsWith("whsec_")));

  /** The same secret for both, as Buildkite has it. */
  private static final Scheme BY_HEADER =
      SchemeChoice.of(
          SchemeChoice.ifHeader("webhook-signature", SIGNED),
          SchemeChoice.ifHeader("X-Token", TOKEN));

  private static Verdict verify(Scheme scheme, List<String> secrets, WebhookRequest request) {
    return scheme.verifier(secrets, RemoteKeys.NONE).verify(request, NOW);
  }

  private static WebhookRequest signed() {
    return SIGNED.signer(List.of(SIGNING_TOKEN)).sign(post("{}"), CONTEXT);
  }

  @Test
  void the_header_that_is_there_decides() {
    List<String> secrets = List.of(SIGNING_TOKEN);
    assertThat(verify(BY_HEADER, secrets, signed())).isEqualTo(new Verdict.Verified(0));
    assertThat(verify(BY_HEADER, secrets, post("{}", "X-Token", SIGNING_TOKEN)))
        .isEqualTo(new Verdict.Unsigned(OptionalInt.of(0)));
    assertRejected(
        verify(BY_HEADER, secrets, post("{}")),
        Reason.MISSING_HEADER,
        "webhook-signature is missing");
  }

  @Test
  void a_right_token_does_not_help_a_wrong_signature() {
    WebhookRequest both = signed().with(new byte[1]).plus(Headers.of("X-Token", SIGNING_TOKEN));
    assertRejected(verify(BY_HEADER, List.of(SIGNING_TOKEN), both), Reason.NO_MATCHING_SIGNATURE);
    assertRejected(
        verify(
            BY_HEADER,
            List.of(SIGNING_TOKEN),
            post("{}", "X-Token", SIGNING_TOKEN, "webhook-signature", "")),
        Reason.NO_ACCEPTED_SIGNATURE);
  }

  @Test
  void a_secret_for_signatures_closes_the_door_for_tokens() {
    WebhookRequest withToken = post("{}", "X-Token", "legacy");
    assertThat(verify(BY_SECRET, List.of("legacy"), withToken))
        .isEqualTo(new Verdict.Unsigned(OptionalInt.of(0)));
    assertRejected(
        verify(BY_SECRET, List.of("legacy", SIGNING_TOKEN), withToken),
        Reason.MISSING_HEADER,
        "webhook-signature is missing");
  }

  @Test
  void a_signature_without_a_secret_for_it_is_rejected_whatever_the_token() {
    assertRejected(
        verify(BY_SECRET, List.of("legacy"), signed().plus(Headers.of("X-Token", "legacy"))),
        Reason.NO_ACCEPTED_SIGNATURE);
  }

  @Test
  void verdicts_and_messages_count_in_the_callers_list() {
    List<String> secrets = List.of("legacy", "other", SIGNING_TOKEN);
    assertThat(verify(BY_SECRET, secrets, signed())).isEqualTo(new Verdict.Verified(2));
    assertThatThrownBy(() -> BY_SECRET.verifier(List.of("legacy", "whsec_*"), RemoteKeys.NONE))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 2 is not 'whsec_' and base64");
    assertThatThrownBy(() -> BY_SECRET.verifier(List.of(), RemoteKeys.NONE))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("there is no secret");
    assertThatThrownBy(() ->
            SchemeChoice.of(SchemeChoice.otherwise(TOKEN).forSecrets(_ -> false))
                .verifier(List.of("a"), RemoteKeys.NONE))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 1 is of no kind that this provider uses");
  }

  @Test
  void the_strongest_that_takes_the_secret_signs() {
    assertThat(BY_HEADER.signer(List.of(SIGNING_TOKEN)).sign(post("{}"), CONTEXT))
        .extracting(request -> request.headers().first("webhook-signature"))
        .isNotNull();
    assertThat(BY_SECRET.signer(List.of("legacy")).sign(post("{}"), CONTEXT).headers())
        .isEqualTo(Headers.of("X-Token", "legacy"));
    assertThatThrownBy(() -> BY_SECRET.signer(List.of("legacy", SIGNING_TOKEN)))
        .isInstanceOf(InvalidSecret.class);
  }

  @Test
  void the_value_of_a_header_may_decide() {
    Scheme choice =
        SchemeChoice.of(
            SchemeChoice.ifHeader("Authorization", "Basic ", NoScheme.INSTANCE)
                .forSecrets(_ -> false),
            SchemeChoice.otherwise(TOKEN));
    WebhookRequest token = post("{}", "Authorization", "Bearer x", "X-Token", "a");
    assertThat(verify(choice, List.of("a"), token))
        .isEqualTo(new Verdict.Unsigned(OptionalInt.of(0)));
    assertRejected(
        verify(choice, List.of("a"), token.plus(Headers.of("authorization", "bAsIc eDp5"))),
        Reason.NO_ACCEPTED_SIGNATURE);
  }

  @Test
  void what_is_signed_is_that_of_the_scheme_in_force() {
    assertThat(text(BY_HEADER, signed())).isEqualTo("msg_1.1700000000.{}");
    assertThat(text(BY_HEADER, post("{}", "X-Token", "a"))).isEqualTo("{}");
    assertThat(BY_HEADER.signs()).isTrue();
    assertThat(BY_HEADER.timestamped()).isFalse();
  }

  private static String text(Scheme scheme, WebhookRequest request) {
    StringBuilder text = new StringBuilder();
    scheme
        .signedText(request)
        .feed(bytes -> text.append(new String(bytes, StandardCharsets.UTF_8)));
    return text.toString();
  }
}
