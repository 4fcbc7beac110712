package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every {@link Vector}: its verdict, what it says, its own variants, and the refusals that hold for
 * every provider.
 */
class VectorsTest {

  /** The farthest that any provider lets a signed time be off. */
  private static final Duration FAR_OFF = Duration.ofDays(5);

  private static final Path PAGES = Path.of("..", "docs", "providers");

  static List<Vector> vectors() {
    return Vector.all();
  }

  @Test
  void every_provider_has_a_vector_a_sample_a_page_and_a_summary() throws IOException {
    Map<String, List<Vector>> vectors =
        Vector.all().stream().collect(Collectors.groupingBy(Vector::providerName));
    List<String> missing = new ArrayList<>();
    for (String name : Providers.all()) {
      List<Vector> own = vectors.getOrDefault(name, List.of());
      if (own.isEmpty()) {
        missing.add(name + ": vectors/" + name + ".yaml");
      } else {
        missing.addAll(missing(name, own));
      }
      Path page = PAGES.resolve(name + ".md");
      if (!Files.exists(page)) {
        missing.add(name + ": docs/providers/" + name + ".md");
      } else if (!Files.readString(page).startsWith("# " + name + "\n")) {
        missing.add(name + ": the title '# " + name + "' of its page");
      }
    }
    assertThat(missing).isEmpty();
  }

  private static List<String> missing(String name, List<Vector> vectors) {
    List<String> missing = new ArrayList<>();
    Provider provider = vectors.getFirst().provider();
    if (provider.samples().isEmpty()) {
      missing.add(name + ": a sample");
    }
    if (vectors.stream().noneMatch(Vector::signs)) {
      missing.add(name + ": a vector with a secret or private_key that can sign");
    }
    if (provider.summary().isBlank() || provider.summary().contains("\n")) {
      missing.add(name + ": a summary of one line");
    }
    boolean hasSecret = vectors.stream().anyMatch(vector -> !vector.secrets().isEmpty());
    if (hasSecret && provider.secretHint().isBlank()) {
      missing.add(name + ": what to give as the secret");
    }
    return missing;
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void a_genuine_request_has_its_verdict_and_is_read(Vector vector) {
    Provider provider = vector.provider();
    WebhookRequest request = vector.request();
    assertThat(provider.methods()).contains(request.method());
    assertThat(provider.greeting(request)).as("greeting").isEmpty();
    Verdict verdict = vector.verifier().verify(request, vector.now());
    assertThat(vector.isGenuine(verdict)).as(verdict.toString()).isTrue();
    assertThat(provider.signs() || verdict instanceof Verdict.Unsigned).as("signs").isTrue();
    Reading reading = provider.read(request, Vector.secretOf(verdict, vector.secrets()));
    Map<String, @Nullable String> said = said(reading);
    assertThat(said).containsAllEntriesOf(vector.expect());
    assertThat(provider.accepted(request)).isNotNull();
    assertThat(provider.replyLimit(request)).isNotNull();
  }

  private static Map<String, @Nullable String> said(Reading reading) {
    return switch (reading) {
      case Reading.Notification(Envelope envelope) -> said(envelope, 1);
      case Reading.Batch(List<Reading.Item> items) ->
          said(items.getFirst().envelope(), items.size());
      case Reading.Handshake _, Reading.Confirmation _, Reading.Enrolment _ -> Map.of("items", "0");
    };
  }

  private static Map<String, @Nullable String> said(Envelope envelope, int items) {
    Map<String, @Nullable String> said = new HashMap<>();
    said.put("id", envelope.providerEventId());
    said.put("type", envelope.type());
    said.put("key", envelope.key());
    said.put("time", envelope.time() == null ? null : envelope.time().toString());
    said.put("dedupe", envelope.dedupeKey());
    said.put("items", Integer.toString(items));
    return said;
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void its_variants_are_accepted_and_refused(Vector vector) {
    for (Vector.Variant variant : vector.accepted()) {
      Verdict verdict = verdict(vector, variant);
      assertThat(vector.isGenuine(verdict)).as(variant.what() + ": " + verdict).isTrue();
    }
    for (Vector.Variant variant : vector.refused()) {
      Verdict verdict = verdict(vector, variant);
      assertRejected(variant.what(), verdict);
      if (variant.reason() != null) {
        assertThat(((Verdict.Rejected) verdict).reason().code())
            .as(variant.what() + ": " + verdict)
            .isEqualTo(variant.reason());
      }
    }
  }

  private static Verdict verdict(Vector vector, Vector.Variant variant) {
    List<String> secrets = Objects.requireNonNullElse(variant.secrets(), vector.secrets());
    return vector
        .verifier(secrets)
        .verify(
            variant.of(vector.request()),
            variant.now() == null ? vector.now() : Vector.time(variant.now()));
  }

  /** Written by hand, as it is asked for every byte of every body. */
  private static void assertRejected(String what, Verdict verdict) {
    if (!(verdict instanceof Verdict.Rejected)) {
      throw new AssertionError(what + ": " + verdict);
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void another_secret_is_refused_and_no_secret_is_told(Vector vector) {
    String other = vector.otherSecret();
    assumeTrue(other != null, "it has no other secret");
    Verdict verdict = vector.verifier(List.of(other)).verify(vector.request(), vector.now());
    assertRejected("another secret", verdict);
    assertThat(vector.isToldBy(verdict.toString())).as(verdict.toString()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void every_changed_byte_of_the_body_is_noticed(Vector vector) {
    assumeTrue(vector.coversBody() && vector.verdict().equals("verified"), "it is not covered");
    Verifier verifier = vector.verifier();
    byte[] original = vector.request().body();
    for (int i = 0; i < original.length; i++) {
      byte[] body = original.clone();
      body[i] ^= 1;
      assertRejected("byte " + i, verifier.verify(vector.request().with(body), vector.now()));
    }
    byte[] longer = Arrays.copyOf(original, original.length + 1);
    longer[original.length] = ' ';
    assertRejected("longer", verifier.verify(vector.request().with(longer), vector.now()));
    if (original.length > 0) {
      byte[] shorter = Arrays.copyOf(original, original.length - 1);
      assertRejected("shorter", verifier.verify(vector.request().with(shorter), vector.now()));
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void a_signature_that_is_missing_or_not_whole_is_refused(Vector vector) {
    SignaturePlace place = vector.place();
    assumeTrue(place != null, "it has no signature");
    Verifier verifier = vector.verifier();
    WebhookRequest request = vector.request();
    String value = place.in(request);
    assertRejected("missing", verifier.verify(place.without(request), vector.now()));
    assertRejected("empty", verifier.verify(place.with(request, ""), vector.now()));
    assertRejected("blank", verifier.verify(place.with(request, " "), vector.now()));
    for (int cut : new int[] {3, 4, 8, value.length() / 2}) {
      if (cut < value.length()) {
        String start = value.substring(0, value.length() - cut);
        assertRejected("cut by " + cut, verifier.verify(place.with(request, start), vector.now()));
      }
    }
    String end = value.substring(Math.max(0, value.length() - 32));
    for (String more : List.of("00", end, "A".repeat(4000), "A".repeat(10_000))) {
      assertRejected(
          "longer by " + more.length(),
          verifier.verify(place.with(request, value + more), vector.now()));
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void odd_characters_in_a_signature_are_refused(Vector vector) {
    SignaturePlace place = vector.place();
    assumeTrue(place != null, "it has no signature");
    Verifier verifier = vector.verifier();
    String value = place.in(vector.request());
    int at = Math.max(0, value.length() - 5);
    for (char odd : "é\u0000*-_\u0660\uff11\ud83d ".toCharArray()) {
      if (value.charAt(at) != odd) {
        String changed = value.substring(0, at) + odd + value.substring(at + 1);
        assertRejected(
            "U+%04x".formatted((int) odd),
            verifier.verify(place.with(vector.request(), changed), vector.now()));
      }
    }
  }

  /** A header may be a list, on one line or on several: only then may a right one be twice. */
  @ParameterizedTest
  @MethodSource("vectors")
  void a_doubled_signature_or_token_is_refused(Vector vector) {
    SignaturePlace place = vector.place();
    assumeTrue(place != null, "it has no signature");
    Verifier verifier = vector.verifier();
    WebhookRequest request = vector.request();
    String value = place.in(request);
    if (value.chars().noneMatch(c -> c == ',' || c == ' ' || c == '=')) {
      assertRejected(
          "written twice", verifier.verify(place.with(request, value + value), vector.now()));
    }
    if (vector.verdict().equals("unsigned") || !(place instanceof SignaturePlace.InHeader)) {
      assertRejected("there twice", verifier.verify(place.doubled(request), vector.now()));
    }
    String wrong = value.substring(0, Math.max(0, value.length() - 8));
    Verdict both = verifier.verify(place.doubled(place.with(request, wrong)), vector.now());
    assertRejected("there twice, and both wrong", both);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void a_time_that_is_too_far_off_is_refused(Vector vector) {
    assumeTrue(
        vector.provider().timestamped() || vector.tolerance() != null, "it has no signed time");
    Verifier verifier = vector.verifier();
    WebhookRequest request = vector.request();
    assertRejected("stale", verifier.verify(request, vector.now().plus(FAR_OFF)));
    assertRejected("future", verifier.verify(request, vector.now().minus(FAR_OFF)));
    Duration tolerance = vector.tolerance();
    if (tolerance != null) {
      for (Duration off : Set.of(tolerance, tolerance.negated())) {
        Verdict verdict = verifier.verify(request, vector.now().plus(off));
        assertThat(vector.isGenuine(verdict)).as(off + " off: " + verdict).isTrue();
      }
      Duration more = tolerance.plusMillis(1);
      Requests.assertRejected(
          verifier.verify(request, vector.now().plus(more)), Reason.TIMESTAMP_TOO_OLD);
      Requests.assertRejected(
          verifier.verify(request, vector.now().minus(more)), Reason.TIMESTAMP_IN_FUTURE);
    }
  }
}
