package dev.boathook.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.WebhookRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SourceSecretsTest {
  private static final Provider STRIPE = Providers.named("stripe");
  private static final Instant START = Instant.parse("2026-10-25T00:30:00.123456789Z");

  @Test
  void a_rotation_is_never_an_outage() {
    Instant rotation = START.plus(Duration.ofDays(1));
    Instant retirement = rotation.plus(Duration.ofHours(24));
    SourceSecrets rotated =
        SourceSecrets.together(STRIPE, List.of("whsec_old"), START)
            .adding("whsec_new", false, rotation)
            .retiringOthers(retirement);

    for (Instant now = rotation; now.isBefore(retirement); now = now.plusSeconds(600)) {
      assertThat(verdict(rotated, "whsec_new", now)).isEqualTo(new Verdict.Verified(0));
      assertThat(verdict(rotated, "whsec_old", now)).isEqualTo(new Verdict.Verified(1));
    }
    Instant cut = retirement.truncatedTo(ChronoUnit.MICROS);
    assertThat(verdict(rotated, "whsec_old", cut.minusNanos(1))).isEqualTo(new Verdict.Verified(1));
    assertThat(verdict(rotated, "whsec_old", cut)).isInstanceOf(Verdict.Rejected.class);
    assertThat(verdict(rotated, "whsec_new", cut)).isEqualTo(new Verdict.Verified(0));
    assertThat(rotated.active(cut)).containsExactly("whsec_new");
  }

  @Test
  void each_secret_counts_until_its_own_time_in_the_verifiers_order() {
    SourceSecrets secrets = SourceSecrets.together(STRIPE, List.of("c", "b", "a"), START);
    secrets = secrets.retiring(secrets.all().get(2), START.plusSeconds(10));
    secrets = secrets.retiring(secrets.all().get(0), START.plusSeconds(20));

    assertThat(secrets.active(START)).containsExactly("c", "b", "a");
    assertThat(secrets.active(START.plusSeconds(10))).containsExactly("c", "b");
    assertThat(verdict(secrets, "b", START.plusSeconds(20))).isEqualTo(new Verdict.Verified(0));
    assertThat(secrets.runOut()).isFalse();
    assertThat(secrets.retiring(secrets.all().get(1), START.plusSeconds(5)).runOut()).isTrue();
  }

  @Test
  void once_all_have_retired_nothing_verifies_and_the_last_is_kept() {
    SourceSecrets secrets = SourceSecrets.together(STRIPE, List.of("b", "a"), START);
    secrets = secrets.retiring(secrets.all().get(1), START.plusSeconds(10));
    secrets = secrets.retiring(secrets.all().get(0), START.plusSeconds(5));
    Instant later = START.plusSeconds(11);

    assertThat(secrets.verifier(START.plusSeconds(9))).isPresent();
    assertThat(secrets.verifier(later)).isEmpty();
    assertThat(secrets.active(later)).isEmpty();
    assertThat(secrets.kept(START.plusSeconds(6)).values()).containsExactly("a");
    assertThat(secrets.kept(later).values()).containsExactly("a");
    assertThat(secrets.kept(later).verifier(later)).isEmpty();
    assertThat(secrets.newestAlone(later)).isEmpty();
  }

  @Test
  void no_two_secrets_have_the_same_time() {
    SourceSecrets secrets = SourceSecrets.together(STRIPE, List.of("b", "a"), START);
    secrets = secrets.adding("c", false, START).adding("d", true, START.minusSeconds(60));

    assertThat(secrets.values()).containsExactly("d", "c", "b", "a");
    assertThat(secrets.all().stream().map(SourceSecret::addedAt)).doesNotHaveDuplicates();
    assertThat(secrets.all().get(0).enrolled()).isTrue();
  }

  @Test
  void a_secret_that_is_added_again_is_the_newest_and_does_not_retire() {
    SourceSecrets secrets =
        SourceSecrets.together(STRIPE, List.of("a"), START)
            .adding("b", false, START)
            .retiringOthers(START.plusSeconds(10))
            .adding("a", false, START.plusSeconds(1));

    assertThat(secrets.values()).containsExactly("a", "b");
    assertThat(secrets.all().get(0).retiresAt()).isNull();
  }

  @Test
  void a_date_that_is_sooner_stays() {
    SourceSecrets secrets =
        SourceSecrets.together(STRIPE, List.of("a"), START)
            .adding("b", false, START)
            .retiringOthers(START.plusSeconds(10))
            .adding("c", false, START)
            .retiringOthers(START.plusSeconds(20));

    assertThat(secrets.active(START.plusSeconds(10))).containsExactly("c", "b");
  }

  @Test
  void there_are_sixteen_at_most_and_the_oldest_goes() {
    SourceSecrets secrets =
        SourceSecrets.together(
            STRIPE, IntStream.range(0, 16).mapToObj(i -> "s" + i).toList(), START);

    assertThat(secrets.adding("new", false, START).values())
        .hasSize(16)
        .startsWith("new")
        .doesNotContain("s15");
    List<SourceSecret> tooMany = new ArrayList<>(secrets.all());
    tooMany.add(new SourceSecret("x", START.plusSeconds(1), null, false));
    assertThatThrownBy(() -> new SourceSecrets(STRIPE, tooMany))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_file_keeps_the_times_of_what_it_names_and_what_the_provider_handed_over() {
    SourceSecrets secrets =
        SourceSecrets.together(STRIPE, List.of("a"), START)
            .adding("given", true, START)
            .adding("b", false, START)
            .retiringOthers(START.plusSeconds(10));

    SourceSecrets declared = secrets.declared(STRIPE, List.of("c", "a"), START.plusSeconds(1));

    assertThat(declared.values()).containsExactly("c", "a", "given");
    assertThat(declared.all().get(1)).isEqualTo(secrets.all().get(2));
    assertThat(secrets.declared(STRIPE, List.of(), START)).isSameAs(secrets);
    assertThat(secrets.declared(STRIPE, List.of("b", "a"), START).values())
        .containsExactly("b", "a", "given");
  }

  @Test
  void whether_there_may_be_none_is_the_providers_to_say() {
    assertThatThrownBy(() -> SourceSecrets.together(STRIPE, List.of(), START))
        .isInstanceOf(InvalidSecret.class);
  }

  @Test
  void no_text_tells_a_secret() {
    SourceSecrets secrets = SourceSecrets.together(STRIPE, List.of("whsec_hush"), START);

    assertThat(secrets + " " + secrets.all()).doesNotContain("hush");
  }

  private static Verdict verdict(SourceSecrets secrets, String secret, Instant now) {
    byte[] body = "{}".getBytes(UTF_8);
    WebhookRequest signed =
        STRIPE
            .signer(secret)
            .sign(
                new WebhookRequest("POST", "", Headers.of(), body), new SigningContext("id", now));
    return secrets.verifier(now).orElseThrow().verify(signed, now);
  }
}
