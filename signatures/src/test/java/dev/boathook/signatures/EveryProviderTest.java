package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.assertVerified;
import static dev.boathook.signatures.Requests.envelope;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every provider there is. A provider without a sample here fails. */
class EveryProviderTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final SigningContext CONTEXT = new SigningContext("msg_1", NOW);

  private static final String BODY =
      "{\"id\":\"1\",\"type\":\"thing.made\",\"name\":\"Zoë \ud83d\ude80\"}";

  /** What is needed to try a provider. */
  record Sample(Provider provider, String secret, String otherSecret) {
    @Override
    public String toString() {
      return provider.name();
    }
  }

  static Stream<Sample> samples() {
    return Providers.all().stream().map(EveryProviderTest::sample);
  }

  private static Sample sample(String name) {
    return switch (name) {
      case "github", "shopify" -> sample(Providers.named(name), "It's a secret", "It's another");
      case "slack" -> sample(Providers.named(name), "8f742231b10e8888", "8f742231b10e8889");
      case "stripe" -> sample(Providers.named(name), "whsec_one", "whsec_two");
      case "standard-webhooks" ->
          sample(
              Providers.named(name),
              "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
              "whsec_plJ3nmyCDGBKInavdOK15jsl");
      case "hmac" ->
          sample(
              Providers.named(
                  name,
                  Map.of(
                      "header", "X-Signature",
                      "signed_text", "{id}.{timestamp}.{method}{url}{body}",
                      "timestamp_header", "X-Time",
                      "id", "header:X-Id")),
              "one",
              "two");
      default -> throw new AssertionError("give " + name + " a sample");
    };
  }

  private static Sample sample(Provider provider, String secret, String otherSecret) {
    return new Sample(provider, secret, otherSecret);
  }

  private static WebhookRequest signed(Sample sample, byte[] body) {
    return sign(sample.provider.signer(sample.secret), body);
  }

  private static WebhookRequest signed(Sample sample) {
    return signed(sample, BODY.getBytes(UTF_8));
  }

  private static WebhookRequest sign(Signer signer, byte[] body) {
    WebhookRequest unsigned = Requests.post(body, "Content-Type", "application/json");
    return signer.sign(unsigned, CONTEXT);
  }

  private static Verdict verify(Sample sample, WebhookRequest request) {
    return sample.provider.verifier(List.of(sample.secret)).verify(request, NOW);
  }

  /** The request with another value of the signature header, which is the last one. */
  private static WebhookRequest withSignature(WebhookRequest request, UnaryOperator<String> edit) {
    List<Headers.Line> lines = lines(request);
    Headers.Line last = lines.removeLast();
    lines.add(new Headers.Line(last.name(), edit.apply(last.value())));
    return with(request, lines);
  }

  private static List<Headers.Line> lines(WebhookRequest request) {
    List<Headers.Line> lines = new ArrayList<>();
    request.headers().forEach(lines::add);
    return lines;
  }

  private static WebhookRequest with(WebhookRequest request, List<Headers.Line> lines) {
    return new WebhookRequest(request.method(), request.url(), Headers.of(lines), request.body());
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
  @MethodSource("samples")
  void what_is_signed_is_verified(Sample sample) {
    assertVerified(verify(sample, signed(sample)));
    assertThat(sample.provider.dedupeWindow()).isGreaterThanOrEqualTo(Duration.ofDays(7));
    assertThat(sample.provider.contentTypes()).allMatch(type -> type.matches("[a-z]+/[a-z-]+"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void empty_and_binary_bodies_are_verified(Sample sample) {
    byte[] binary = new byte[256];
    for (int i = 0; i < binary.length; i++) {
      binary[i] = (byte) i;
    }
    for (byte[] body : List.of(new byte[0], binary)) {
      WebhookRequest request = signed(sample, body);
      assertVerified(verify(sample, request));
      Envelope envelope = envelope(sample.provider.read(request, ""));
      assertThat(envelope.dedupeKey()).isNotNull();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_changed_body_is_rejected(Sample sample) {
    WebhookRequest request = signed(sample);
    for (int i = 0; i < request.body().length; i++) {
      byte[] body = request.body().clone();
      body[i] ^= 1;
      Verdict verdict =
          verify(
              sample, new WebhookRequest(request.method(), request.url(), request.headers(), body));
      assertRejected(verdict, Reason.NO_MATCHING_SIGNATURE);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_wrong_secret_is_rejected_without_telling_secrets_or_signatures(Sample sample) {
    WebhookRequest request = signed(sample);
    Verdict verdict = sample.provider.verifier(List.of(sample.otherSecret)).verify(request, NOW);
    assertRejected(verdict, Reason.NO_MATCHING_SIGNATURE);
    String expected =
        lines(sign(sample.provider.signer(sample.otherSecret), request.body())).getLast().value();
    assertThat(verdict.toString()).doesNotContain(sample.otherSecret).doesNotContain(expected);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void any_of_several_secrets_verifies_and_its_place_is_told(Sample sample) {
    WebhookRequest request = signed(sample);
    Verifier verifier = sample.provider.verifier(List.of(sample.otherSecret, sample.secret));
    assertThat(verifier.verify(request, NOW)).isEqualTo(new Verdict.Verified(1));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void every_missing_header_is_rejected(Sample sample) {
    WebhookRequest request = signed(sample);
    for (int i = 1; i < request.headers().size(); i++) {
      List<Headers.Line> lines = lines(request);
      Headers.Line removed = lines.remove(i);
      assertRejected(verify(sample, with(request, lines)), Reason.MISSING_HEADER);
      lines.add(new Headers.Line(removed.name(), ""));
      assertThat(verify(sample, with(request, lines))).isInstanceOf(Verdict.Rejected.class);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void header_names_compare_without_case(Sample sample) {
    WebhookRequest request = signed(sample);
    List<Headers.Line> lines =
        lines(request).stream()
            .map(line -> new Headers.Line(swapCase(line.name()), line.value()))
            .toList();
    assertVerified(verify(sample, with(request, lines)));
  }

  private static String swapCase(String text) {
    return text.codePoints()
        .map(c -> Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void five_minutes_off_is_accepted_and_more_is_not(Sample sample) {
    WebhookRequest request = signed(sample);
    Verifier verifier = sample.provider.verifier(List.of(sample.secret));
    assertVerified(verifier.verify(request, NOW.plusSeconds(300)));
    assertVerified(verifier.verify(request, NOW.minusSeconds(300)));
    Verdict later = verifier.verify(request, NOW.plusSeconds(300).plusMillis(1));
    Verdict earlier = verifier.verify(request, NOW.minusSeconds(300).minusMillis(1));
    if (sample.provider.timestamped()) {
      assertRejected(
          later, Reason.TIMESTAMP_TOO_OLD, "timestamp 1700000000 is 301 s old, tolerance 300 s");
      assertRejected(
          earlier,
          Reason.TIMESTAMP_IN_FUTURE,
          "timestamp 1700000000 is 301 s in the future, tolerance 300 s");
    } else {
      assertVerified(later);
      assertVerified(earlier);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_truncated_or_over_long_signature_is_rejected(Sample sample) {
    WebhookRequest request = signed(sample);
    List<UnaryOperator<String>> edits =
        List.of(
            value -> value.substring(0, value.length() - 2),
            value -> value.substring(0, value.length() - 8),
            value -> value + "00",
            value -> value + value.substring(value.length() - 32),
            value -> value + "A".repeat(4000));
    for (UnaryOperator<String> edit : edits) {
      assertRejected(verify(sample, withSignature(request, edit)), Reason.MALFORMED_SIGNATURE);
    }
    assertRejected(
        verify(sample, withSignature(request, value -> value + "A".repeat(10_000))),
        Reason.MALFORMED_HEADER);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void odd_characters_in_a_signature_are_rejected(Sample sample) {
    WebhookRequest request = signed(sample);
    for (char odd : "é\u0000*-_\u0660\uff11\ud83d ".toCharArray()) {
      Verdict verdict =
          verify(
              sample,
              withSignature(
                  request,
                  value -> {
                    int at = value.length() - 5;
                    return value.substring(0, at) + odd + value.substring(at + 1);
                  }));
      assertRejected(verdict, Reason.MALFORMED_SIGNATURE);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_signature_of_another_kind_is_rejected(Sample sample) {
    WebhookRequest request = signed(sample);
    Verdict verdict =
        verify(
            sample,
            withSignature(
                request,
                value ->
                    value.replace("sha256=", "sha1=").replace("v1", "v2").replace("v0", "v9")));
    boolean labelled = !List.of("hmac", "shopify").contains(sample.provider.name());
    if (labelled) {
      assertRejected(verdict, Reason.NO_ACCEPTED_SIGNATURE);
    } else {
      assertVerified(verdict);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_signature_may_stand_on_any_line_but_not_on_too_many(Sample sample) {
    WebhookRequest request = signed(sample);
    List<Headers.Line> lines = lines(request);
    Headers.Line right = lines.removeLast();
    String value = right.value().replace("t=1700000000,", "");
    int at = value.length() - 5;
    char other = value.charAt(at) == 'A' ? 'B' : 'A';
    Headers.Line wrong =
        new Headers.Line(right.name(), value.substring(0, at) + other + value.substring(at + 1));
    List<Headers.Line> second = new ArrayList<>(lines);
    Collections.addAll(second, wrong, right);
    assertVerified(verify(sample, with(request, second)));
    List<Headers.Line> many = new ArrayList<>(lines);
    many.addAll(Collections.nCopies(16, wrong));
    many.add(right);
    assertRejected(verify(sample, with(request, many)), Reason.TOO_MANY_SIGNATURES);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void useless_secrets_are_refused_without_repeating_them(Sample sample) {
    Provider provider = sample.provider;
    assertThatThrownBy(() -> provider.verifier(List.of())).isInstanceOf(InvalidSecret.class);
    assertThatThrownBy(() -> provider.verifier(List.of("")))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 1 is empty");
    assertThatThrownBy(() -> provider.verifier(List.of(sample.secret, sample.secret + "\n")))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 2 begins or ends with white space");
    assertThatThrownBy(() -> provider.signer("x".repeat(8193))).isInstanceOf(InvalidSecret.class);
    assertThatThrownBy(() -> provider.verifier(Collections.nCopies(17, sample.secret)))
        .isInstanceOf(InvalidSecret.class)
        .message()
        .doesNotContain(sample.secret);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_verifier_serves_many_threads_at_once(Sample sample) throws InterruptedException {
    WebhookRequest good = signed(sample);
    byte[] body = good.body().clone();
    body[0] ^= 1;
    WebhookRequest bad = new WebhookRequest(good.method(), good.url(), good.headers(), body);
    Verifier verifier = sample.provider.verifier(List.of(sample.secret));
    List<Verdict> wrong = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      threads.add(
          Thread.startVirtualThread(() -> {
            for (int j = 0; j < 50; j++) {
              Verdict verified = verifier.verify(good, NOW);
              Verdict rejected = verifier.verify(bad, NOW);
              if (!(verified instanceof Verdict.Verified)) {
                wrong.add(verified);
              }
              if (!(rejected instanceof Verdict.Rejected)) {
                wrong.add(rejected);
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
  @MethodSource("samples")
  void nothing_in_a_request_makes_it_throw(Sample sample) {
    Random random = new Random(42);
    Verifier verifier = sample.provider.verifier(List.of(sample.secret));
    WebhookRequest request = signed(sample);
    for (int i = 0; i < 2_000; i++) {
      List<Headers.Line> lines = lines(request);
      int at = random.nextInt(lines.size());
      StringBuilder value = new StringBuilder(lines.get(at).value());
      for (int edits = random.nextInt(4); edits >= 0; edits--) {
        int place = random.nextInt(value.length() + 1);
        char c =
            random.nextBoolean()
                ? (char) random.nextInt(0x10000)
                : ",= .v1t0".charAt(random.nextInt(8));
        if (random.nextBoolean() || place == value.length()) {
          value.insert(place, c);
        } else {
          value.setCharAt(place, c);
        }
      }
      lines.set(at, new Headers.Line(lines.get(at).name(), value.toString()));
      byte[] body = request.body().clone();
      body[random.nextInt(body.length)] ^= (byte) (1 + random.nextInt(255));
      WebhookRequest changed = new WebhookRequest("POST", Requests.URL, Headers.of(lines), body);
      assertThat(verifier.verify(changed, NOW)).isInstanceOf(Verdict.Rejected.class);
      assertThat(sample.provider.read(changed, "")).isNotNull();
    }
  }
}
