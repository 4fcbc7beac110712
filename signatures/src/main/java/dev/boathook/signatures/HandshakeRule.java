package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a provider tests the address, and the answer it wants. */
interface HandshakeRule {

  /** The longest text that is sent back, unless a rule says otherwise. */
  int MAX_ECHO_LENGTH = 1024;

  /**
   * What this request says; null if it is not exactly such a test.
   *
   * @param secret the secret that the request was verified with; empty before verification
   */
  @Nullable Reading answer(Facts facts, String secret);

  /** Adds the JSON pointers that are looked at. */
  void pointers(Set<String> into);

  /**
   * A request with this mark is answered with a text out of it.
   *
   * @param value the value of the mark; null if any will do
   * @param echo the text, of visible ASCII and spaces
   * @param maxLength the most characters of the text
   * @param answer how the text is sent back
   */
  record Echo(
      Field mark,
      @Nullable String value,
      Field echo,
      int maxLength,
      Function<String, Answer> answer)
      implements HandshakeRule {

    /** With the usual limit. */
    Echo(Field mark, @Nullable String value, Field echo, Function<String, Answer> answer) {
      this(mark, value, echo, MAX_ECHO_LENGTH, answer);
    }

    @Override
    public @Nullable Reading answer(Facts facts, String secret) {
      String found = mark.in(facts);
      String text = echo.in(facts);
      if (found == null
          || (value != null && !value.equals(found))
          || text == null
          || text.length() > maxLength
          || !Ascii.isPrintable(text)) {
        return null;
      }
      return new Reading.Handshake(answer.apply(text));
    }

    @Override
    public void pointers(Set<String> into) {
      mark.pointers(into);
      echo.pointers(into);
    }
  }

  /**
   * A request with this mark is answered with a text out of it and the signature of that text, made
   * with the secret that the request was verified with.
   *
   * @param text of visible ASCII and spaces
   * @param answer how the text (first) and its signature (second) are sent back
   */
  record SignedEcho(
      Field mark,
      String value,
      Field text,
      Algorithm algorithm,
      Encoding encoding,
      BinaryOperator<String> answer)
      implements HandshakeRule {

    @Override
    public @Nullable Reading answer(Facts facts, String secret) {
      String echoed = text.in(facts);
      if (!value.equals(mark.in(facts))
          || echoed == null
          || echoed.length() > MAX_ECHO_LENGTH
          || !Ascii.isPrintable(echoed)
          || secret.isEmpty()) {
        return null;
      }
      byte[] signature = algorithm.key(secret).sign(sink -> sink.update(Utf8.bytes(echoed)));
      return new Reading.Handshake(
          Answer.ok("application/json", answer.apply(echoed, encoding.encode(signature))));
    }

    @Override
    public void pointers(Set<String> into) {
      mark.pointers(into);
      text.pointers(into);
    }
  }

  /** Another rule, for certain requests only. */
  record When(Predicate<WebhookRequest> condition, HandshakeRule rule) implements HandshakeRule {

    @Override
    public @Nullable Reading answer(Facts facts, String secret) {
      return condition.test(facts.request()) ? rule.answer(facts, secret) : null;
    }

    @Override
    public void pointers(Set<String> into) {
      rule.pointers(into);
    }
  }

  /**
   * A request that hands over the secret. If it is signed, then with this very secret. After
   * verification, one that hands over the secret again is no event: nobody must store it.
   *
   * @param secret where the secret stands; of visible ASCII
   * @param absent what stands in events only
   * @param signatureHeader the header of the signature
   * @param scheme how it is signed; over no time
   */
  record Enrol(Field secret, List<Field> absent, String signatureHeader, Scheme scheme)
      implements HandshakeRule {

    public Enrol {
      if (scheme.timestamped()) {
        throw new IllegalArgumentException("a greeting is read without a clock");
      }
    }

    @Override
    public @Nullable Reading answer(Facts facts, String known) {
      String handed = secret.in(facts);
      if (handed == null
          || handed.length() > Secrets.MAX_LENGTH
          || !Ascii.isVisible(handed)
          || absent.stream().anyMatch(field -> field.in(facts) != null)
          || (facts.header(signatureHeader) != null && !isSigned(facts.request(), handed))) {
        return null;
      }
      return handed.equals(known)
          ? new Reading.Handshake(Answer.empty(200))
          : new Reading.Enrolment(handed, Answer.empty(200));
    }

    private boolean isSigned(WebhookRequest request, String handed) {
      return scheme.verifier(List.of(handed), RemoteKeys.NONE).verify(request, Instant.EPOCH)
          instanceof Verdict.Verified;
    }

    @Override
    public void pointers(Set<String> into) {
      secret.pointers(into);
      absent.forEach(field -> field.pointers(into));
    }
  }

  /** A request with this mark gets this answer. */
  record Fixed(Field mark, String value, Answer answer) implements HandshakeRule {

    @Override
    public @Nullable Reading answer(Facts facts, String secret) {
      return value.equals(mark.in(facts)) ? new Reading.Handshake(answer) : null;
    }

    @Override
    public void pointers(Set<String> into) {
      mark.pointers(into);
    }
  }

  /** A POST without a body gets this answer. */
  record EmptyPost(Answer answer) implements HandshakeRule {

    @Override
    public @Nullable Reading answer(Facts facts, String secret) {
      return facts.method().equals("POST") && facts.request().body().length == 0
          ? new Reading.Handshake(answer)
          : null;
    }

    @Override
    public void pointers(Set<String> into) {}
  }

  /**
   * A request whose whole body looks so gets this answer, unless it has one of the headers of an
   * ordinary request.
   */
  record WholeBody(Pattern body, List<String> without, Answer answer) implements HandshakeRule {

    @Override
    public @Nullable Reading answer(Facts facts, String secret) {
      byte[] bytes = facts.request().body();
      if (bytes.length > MAX_ECHO_LENGTH
          || !body.matcher(new String(bytes, StandardCharsets.ISO_8859_1)).matches()
          || without.stream().anyMatch(name -> facts.header(name) != null)) {
        return null;
      }
      return new Reading.Handshake(answer);
    }

    @Override
    public void pointers(Set<String> into) {}
  }

  /** The text alone, as {@code text/plain}. */
  static Answer asText(String text) {
    return Answer.ok("text/plain", text);
  }

  /** {@code {"name":"text"}}. */
  static Function<String, Answer> asJson(String name) {
    String start = "{" + JsonSplice.quoted(name) + ":";
    return text -> Answer.ok("application/json", start + JsonSplice.quoted(text) + "}");
  }
}
