package dev.boathook.signatures;

import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a provider tests the address, and the answer it wants. */
interface HandshakeRule {

  /** The longest text that is sent back. */
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
   * @param answer how the text is sent back
   */
  record Echo(Field mark, @Nullable String value, Field echo, Function<String, Answer> answer)
      implements HandshakeRule {

    @Override
    public @Nullable Reading answer(Facts facts, String secret) {
      String found = mark.in(facts);
      String text = echo.in(facts);
      if (found == null
          || (value != null && !value.equals(found))
          || text == null
          || text.length() > MAX_ECHO_LENGTH
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
