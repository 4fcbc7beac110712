package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the facts about an event stand.
 *
 * @param dedupe what tells events apart where the id does not; nowhere if the id does
 * @param deduped false if nothing but what stands at {@code dedupe} is to show a duplicate
 */
record EnvelopeRule(Field id, Field type, Field key, Field time, Field dedupe, boolean deduped) {

  /** Reads the envelope; the signed text stands in where the provider gives no id. */
  Envelope read(Facts facts, SignedText.Content signedText) {
    String eventId = identifier(id.in(facts));
    return new Envelope(
        eventId,
        type(type.in(facts)),
        identifier(key.in(facts)),
        EventTime.parse(time.in(facts)),
        deduped
            ? dedupeKey(identifier(dedupe.in(facts)), eventId, signedText)
            : identifier(dedupe.in(facts)));
  }

  /**
   * The envelope of a body with more events than are taken apart. Nothing is read of it: what
   * stands in one event is not true of the others.
   */
  static Envelope ofManyEvents(byte[] body) {
    return new Envelope(null, Envelope.BATCH_TYPE, null, null, hash(sink -> sink.update(body)));
  }

  void pointers(Set<String> into) {
    for (Field field : new Field[] {id, type, key, time, dedupe}) {
      field.pointers(into);
    }
  }

  private static String dedupeKey(
      @Nullable String key, @Nullable String eventId, SignedText.Content signedText) {
    if (key != null) {
      return key;
    }
    return eventId == null ? hash(signedText) : eventId;
  }

  /** The text, or its hash if a database might not take it: both tell the same things apart. */
  static @Nullable String identifier(@Nullable String text) {
    if (text == null || (text.length() <= Envelope.MAX_LENGTH && isStorable(text))) {
      return text;
    }
    return hash(sink -> sink.update(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The text, cut to its greatest length, with a replacement for what a database might not take.
   */
  private static String type(@Nullable String text) {
    if (text == null) {
      return Envelope.UNKNOWN_TYPE;
    }
    String cut = text;
    if (text.length() > Envelope.MAX_LENGTH) {
      boolean splitsPair = Character.isHighSurrogate(text.charAt(Envelope.MAX_LENGTH - 1));
      cut = text.substring(0, splitsPair ? Envelope.MAX_LENGTH - 1 : Envelope.MAX_LENGTH);
    }
    if (isStorable(cut)) {
      return cut;
    }
    return cut.codePoints()
        .map(c -> isStorable(c) ? c : '\ufffd')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isStorable(String text) {
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      if (!isStorable(codePoint)) {
        return false;
      }
      i += Character.charCount(codePoint);
    }
    return true;
  }

  private static boolean isStorable(int codePoint) {
    return !Character.isISOControl(codePoint)
        && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
  }

  /** A SHA-256 in hex behind its name. */
  static String hash(SignedText.Content content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      content.feed(digest::update);
      return "sha256:" + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK lacks SHA-256", e);
    }
  }
}
