package dev.boathook.signatures;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What must hold for every provider there is, and for every sample request that it has: signed by
 * its own signer with the secrets of its {@link Vector}s, at the time of the vector. A provider
 * whose vectors cannot sign fails in {@link VectorsTest}.
 */
class EveryProviderTest {
  private static final int MUTATIONS = 200;

  /** Some of those that sign whatever the body may be. */
  private static final List<String> SIGN_ANY_BODY =
      List.of("github", "hmac", "shopify", "slack", "standard-webhooks", "stripe");

  /** A sample and what it is signed with. */
  record Case(Vector vector, String sample) {

    Provider provider() {
      return vector.provider();
    }

    Instant now() {
      return vector.now();
    }

    SigningContext context() {
      return new SigningContext("msg_1", now());
    }

    WebhookRequest unsigned() {
      return provider().sample(sample, vector.request().url().replaceAll("\\?.*", ""), context());
    }

    WebhookRequest signed() {
      return vector.signer().sign(unsigned(), context());
    }

    /** Where the signature stands; null if nowhere, or if the sample is of another form. */
    @Nullable SignaturePlace place() {
      SignaturePlace place = vector.place();
      return place != null && place.isIn(signed()) ? place : null;
    }

    Verdict verify(WebhookRequest request) {
      return vector.verifier().verify(request, now());
    }

    @Override
    public String toString() {
      return vector + " " + sample;
    }
  }

  static List<Vector> vectors() {
    return Vector.all().stream().filter(Vector::signs).toList();
  }

  static List<Vector> vectorsWithSecret() {
    return vectors().stream().filter(vector -> !vector.secrets().isEmpty()).toList();
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Vector vector : vectors()) {
      for (String sample : vector.provider().samples()) {
        cases.add(new Case(vector, sample));
      }
    }
    return cases;
  }

  /** One sample of each vector, for what is slow. */
  static List<Case> firstCases() {
    return cases().stream()
        .filter(one -> one.provider().samples().getFirst().equals(one.sample))
        .toList();
  }

  private static List<Headers.Line> lines(WebhookRequest request) {
    List<Headers.Line> lines = new ArrayList<>();
    request.headers().forEach(lines::add);
    return lines;
  }

  private static WebhookRequest with(WebhookRequest request, List<Headers.Line> lines) {
    return new WebhookRequest(request.method(), request.url(), Headers.of(lines), request.body());
  }

  private static void assertGenuine(Case one, Verdict verdict) {
    assertThat(one.vector.isGenuine(verdict)).as(verdict.toString()).isTrue();
  }

  @Test
  void names_are_sorted_and_an_unknown_one_is_answered_with_them() {
    assertThat(Providers.all()).isSorted().contains("stripe", "hmac").doesNotHaveDuplicates();
    assertThatThrownBy(() -> Providers.named("strype"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("strype")
        .hasMessageContaining("stripe");
    assertThatThrownBy(() -> Providers.named("stripe", Map.of("header", "X")))
        .isInstanceOf(InvalidSettings.class);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void its_limits_are_those_of_a_webhook(Vector vector) {
    Provider provider = vector.provider();
    assertThat(provider.dedupeWindow()).isBetween(Duration.ofDays(7), Duration.ofDays(60));
    assertThat(provider.contentTypes()).allMatch(type -> type.matches("[a-z]+/[a-z0-9.+-]+"));
    assertThat(provider.methods()).isNotEmpty().allMatch(method -> method.matches("[A-Z]+"));
    assertThat(provider.maxBodyBytes()).isBetween(1 << 20, 32 << 20);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_sample_that_is_signed_comes_in_and_is_an_event(Case one) {
    WebhookRequest request = one.signed();
    Provider provider = one.provider();
    assertThat(provider.methods()).contains(request.method());
    String contentType = String.valueOf(request.headers().first("Content-Type"));
    if (!provider.contentTypes().isEmpty() && request.body().length > 0) {
      assertThat(provider.contentTypes()).contains(contentType.replaceAll(" *;.*", ""));
    }
    assertThat(provider.greeting(request)).isEmpty();
    Verdict verdict = one.verify(request);
    assertGenuine(one, verdict);
    Reading reading = provider.read(request, Vector.secretOf(verdict, one.vector.secrets()));
    assertThat(reading).isInstanceOfAny(Reading.Notification.class, Reading.Batch.class);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void the_same_context_gives_the_same_request(Case one) {
    WebhookRequest first = withoutSignature(one);
    WebhookRequest second = withoutSignature(one);
    assertThat(second.url()).isEqualTo(first.url());
    assertThat(second.headers()).isEqualTo(first.headers());
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(new String(first.body(), UTF_8)).doesNotContainPattern("\\{\\{[a-z]+}}");
  }

  /** Some algorithms sign the same text differently each time. */
  private static WebhookRequest withoutSignature(Case one) {
    SignaturePlace place = one.place();
    return place == null ? one.signed() : place.with(one.signed(), "");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void an_unknown_sample_is_answered_with_those_there_are(Vector vector) {
    assertThatThrownBy(() ->
            vector
                .provider()
                .sample("no such", Vector.USUAL_URL, new SigningContext("1", Instant.EPOCH)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(vector.provider().samples().getFirst());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void what_the_signer_takes_is_verified_be_it_empty_or_binary(Case one) {
    byte[] binary = new byte[256];
    for (int i = 0; i < binary.length; i++) {
      binary[i] = (byte) i;
    }
    for (byte[] body : List.of(new byte[0], binary)) {
      WebhookRequest request;
      try {
        request = one.vector.signer().sign(one.unsigned().with(body), one.context());
      } catch (IllegalArgumentException e) {
        // What it signs, or where it writes the signature, must be a part of the body.
        assertThat(one.provider().name()).isNotIn(SIGN_ANY_BODY);
        continue;
      }
      Verdict verdict = one.verify(request);
      assertGenuine(one, verdict);
      assertThat(one.provider().read(request, "")).isNotNull();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_wrong_secret_is_rejected_without_telling_secrets_or_signatures(Case one) {
    String other = one.vector.otherSecret();
    assumeTrue(other != null, "it has no other secret");
    WebhookRequest request = one.signed();
    Verdict verdict = one.vector.verifier(List.of(other)).verify(request, one.now());
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    assertThat(one.vector.isToldBy(verdict.toString())).as(verdict.toString()).isFalse();
    SignaturePlace place = one.place();
    if (place != null && one.vector.privateKey() == null) {
      WebhookRequest expected = one.provider().signer(other).sign(one.unsigned(), one.context());
      assertThat(verdict.toString()).doesNotContain(place.in(expected));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void any_of_several_secrets_will_do_and_its_place_is_told(Case one) {
    String other = one.vector.otherSecret();
    assumeTrue(other != null, "it has no other secret");
    Verifier verifier = one.vector.verifier(List.of(other, one.vector.secrets().getFirst()));
    assertThat(verifier.verify(one.signed(), one.now()))
        .isIn(new Verdict.Verified(1), new Verdict.Unsigned(OptionalInt.of(1)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void every_header_that_the_signer_adds_is_needed(Case one) {
    WebhookRequest request = one.signed();
    for (int i = one.unsigned().headers().size(); i < request.headers().size(); i++) {
      List<Headers.Line> lines = lines(request);
      Headers.Line removed = lines.remove(i);
      assertThat(one.verify(with(request, lines)))
          .as("without " + removed.name())
          .isInstanceOf(Verdict.Rejected.class);
      lines.add(new Headers.Line(removed.name(), ""));
      assertThat(one.verify(with(request, lines)))
          .as("with nothing in " + removed.name())
          .isInstanceOf(Verdict.Rejected.class);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void header_names_compare_without_case(Case one) {
    WebhookRequest request = one.signed();
    List<Headers.Line> lines =
        lines(request).stream()
            .map(line -> new Headers.Line(swapCase(line.name()), line.value()))
            .toList();
    assertGenuine(one, one.verify(with(request, lines)));
  }

  private static String swapCase(String text) {
    return text.codePoints()
        .map(c -> Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void an_old_request_is_refused_where_the_time_is_signed_and_only_there(Case one) {
    WebhookRequest request = one.signed();
    Verifier verifier = one.vector.verifier();
    Verdict later = verifier.verify(request, one.now().plus(Duration.ofDays(5)));
    Verdict earlier = verifier.verify(request, one.now().minus(Duration.ofDays(5)));
    if (one.provider().timestamped()) {
      assertThat(later).isInstanceOf(Verdict.Rejected.class);
      assertThat(earlier).isInstanceOf(Verdict.Rejected.class);
    } else if (!later.toString().contains(Reason.TIMESTAMP_TOO_OLD.name())) {
      // Some providers sign the time only in one of their schemes.
      assertGenuine(one, later);
      assertGenuine(one, earlier);
    }
  }

  @ParameterizedTest
  @MethodSource("vectorsWithSecret")
  void useless_secrets_are_refused_without_repeating_them(Vector vector) {
    Provider provider = vector.provider();
    String secret = vector.secrets().getFirst();
    assertThatThrownBy(() -> provider.verifier(List.of("")))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 1 is empty");
    if (!secret.contains("-----BEGIN")) {
      assertThatThrownBy(() -> provider.verifier(List.of(secret, secret + "\n")))
          .isInstanceOf(InvalidSecret.class)
          .hasMessage("secret 2 begins or ends with white space");
    }
    assertThatThrownBy(() -> provider.signer("x".repeat(8193))).isInstanceOf(InvalidSecret.class);
    assertThatThrownBy(() -> provider.verifier(Collections.nCopies(17, secret)))
        .isInstanceOf(InvalidSecret.class)
        .message()
        .matches(message -> !vector.isToldBy(message));
  }

  @ParameterizedTest
  @MethodSource("vectorsWithSecret")
  void without_a_secret_nothing_is_verified(Vector vector) {
    Verifier verifier;
    try {
      verifier = vector.verifier(List.of());
    } catch (InvalidSecret e) {
      return; // A secret is needed.
    }
    assertThat(verifier.verify(vector.request(), vector.now()))
        .isNotInstanceOf(Verdict.Verified.class);
  }

  @ParameterizedTest
  @MethodSource("firstCases")
  void a_verifier_serves_many_threads_at_once(Case one) throws InterruptedException {
    WebhookRequest good = one.signed();
    SignaturePlace place = one.place();
    WebhookRequest bad = place == null ? good : place.without(good);
    Predicate<Verdict> isRight =
        verdict ->
            place == null ? one.vector.isGenuine(verdict) : verdict instanceof Verdict.Rejected;
    Verifier verifier = one.vector.verifier();
    List<Verdict> wrong = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            for (int j = 0; j < 20; j++) {
              Verdict verdict = verifier.verify(good, one.now());
              Verdict refused = verifier.verify(bad, one.now());
              if (!one.vector.isGenuine(verdict)) {
                wrong.add(verdict);
              }
              if (!isRight.test(refused)) {
                wrong.add(refused);
              }
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("firstCases")
  void nothing_in_a_request_makes_it_throw(Case one) {
    Random random = new Random(42);
    Provider provider = one.provider();
    Verifier verifier = one.vector.verifier();
    WebhookRequest request = one.signed();
    boolean covered = one.vector.coversBody() && one.vector.verdict().equals("verified");
    for (int i = 0; i < MUTATIONS; i++) {
      WebhookRequest changed = mutated(request, random);
      Verdict verdict = verifier.verify(changed, one.now());
      if (covered && changed.body().length > 0 && !(verdict instanceof Verdict.Rejected)) {
        throw new AssertionError("a changed request is " + verdict);
      }
      // None of these may throw, whatever they make of it.
      Objects.requireNonNull(provider.greeting(changed));
      Objects.requireNonNull(
          provider.read(changed, Vector.secretOf(verdict, one.vector.secrets())));
      Objects.requireNonNull(provider.accepted(changed));
      Objects.requireNonNull(provider.replyLimit(changed));
    }
  }

  /** Something else in one header and in the query, and another byte or an end in the body. */
  private static WebhookRequest mutated(WebhookRequest request, Random random) {
    List<Headers.Line> lines = lines(request);
    if (!lines.isEmpty()) {
      int at = random.nextInt(lines.size());
      Headers.Line line = lines.get(at);
      lines.set(at, new Headers.Line(line.name(), mutated(line.value(), random)));
    }
    String url = request.url();
    if (url.indexOf('?') >= 0 && random.nextBoolean()) {
      int query = url.indexOf('?') + 1;
      url = url.substring(0, query) + mutated(url.substring(query), random);
    }
    byte[] body = request.body().clone();
    if (body.length > 0) {
      body[random.nextInt(body.length)] ^= (byte) (1 + random.nextInt(255));
      if (random.nextInt(4) == 0) {
        body = Arrays.copyOf(body, random.nextInt(body.length));
      }
    }
    return new WebhookRequest(request.method(), url, Headers.of(lines), body);
  }

  private static String mutated(String text, Random random) {
    StringBuilder value = new StringBuilder(text);
    for (int edits = random.nextInt(4); edits >= 0; edits--) {
      int place = random.nextInt(value.length() + 1);
      char c =
          random.nextBoolean()
              ? (char) random.nextInt(0x10000)
              : ",= .v1t0%&".charAt(random.nextInt(10));
      if (random.nextBoolean() || place == value.length()) {
        value.insert(place, c);
      } else {
        value.setCharAt(place, c);
      }
    }
    return value.toString();
  }
}
