package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What a signature covers, as parts in order. Written as a template like {@code
 * {id}.{timestamp}.{body}}; the parts are fed one by one, so that no body is ever copied.
 *
 * @param idHeader the header that {@code {id}} stands for; null if there is none
 */
record SignedText(List<Part> parts, @Nullable String idHeader) {

  /** One part of a signed text. */
  sealed interface Part {

    /** A text that is always the same. */
    record Literal(String text) implements Part {}

    /** The raw body. */
    record Body() implements Part {}

    /** The raw body, written in base64. */
    record BodyInBase64() implements Part {}

    /**
     * The CRC-32 of the body as a decimal number. Whoever knows one body can make another with the
     * same number, so this alone protects no body, and no template can ask for it.
     */
    record BodyCrc32() implements Part {}

    /** The time, as it was written. */
    record Timestamp() implements Part {}

    /** The public URL as registered at the provider. */
    record Url() implements Part {}

    /** The same URL, with some escapes undone, as {@link #unescaped} says. */
    record UnescapedUrl() implements Part {}

    /** The HTTP method. */
    record Method() implements Part {}

    /** The fields of a body that is a form, sorted, each name and its value after the other. */
    record Fields() implements Part {}

    /** A header's value, as it was written. */
    record HeaderValue(String name) implements Part {}
  }

  /** A text of bytes that is produced piece by piece. */
  @FunctionalInterface
  interface Content {
    void feed(Sink sink);
  }

  /** Takes bytes. */
  @FunctionalInterface
  interface Sink {
    void update(byte[] bytes);
  }

  private static final byte[] NOTHING = new byte[0];

  /** The body and nothing else. */
  static final SignedText BODY = parse("{body}", null);

  /** The URL and the fields of a form; any other body is left out. */
  static final SignedText URL_AND_FIELDS =
      new SignedText(List.of(new Part.Url(), new Part.Fields()), null);

  /**
   * Reads a template of literal text and {@code {body}}, {@code {body_base64}}, {@code
   * {timestamp}}, {@code {id}}, {@code {url}}, {@code {unescaped_url}}, {@code {method}} and {@code
   * {header:NAME}}.
   *
   * @param idHeader the header that {@code {id}} stands for
   * @throws IllegalArgumentException with a message for whoever wrote the template
   */
  static SignedText parse(String template, @Nullable String idHeader) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < template.length()) {
      int open = template.indexOf('{', at);
      if (open != at) {
        String literal = template.substring(at, open < 0 ? template.length() : open);
        parts.add(new Part.Literal(literal));
        at += literal.length();
        continue;
      }
      int close = template.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("has a '{' without '}'");
      }
      parts.add(part(template.substring(open + 1, close), idHeader));
      at = close + 1;
    }
    if (parts.stream()
        .noneMatch(part -> part instanceof Part.Body || part instanceof Part.BodyInBase64)) {
      throw new IllegalArgumentException("does not contain {body}, so a body could be exchanged");
    }
    return new SignedText(List.copyOf(parts), template.contains("{id}") ? idHeader : null);
  }

  private static Part part(String name, @Nullable String idHeader) {
    return switch (name) {
      case "body" -> new Part.Body();
      case "body_base64" -> new Part.BodyInBase64();
      case "timestamp" -> new Part.Timestamp();
      case "url" -> new Part.Url();
      case "unescaped_url" -> new Part.UnescapedUrl();
      case "method" -> new Part.Method();
      case "id" -> {
        if (idHeader == null) {
          throw new IllegalArgumentException("contains {id}, but the id is in no header");
        }
        yield new Part.HeaderValue(idHeader);
      }
      default -> {
        if (!name.startsWith("header:") || name.length() == "header:".length()) {
          throw new IllegalArgumentException(
              "contains {"
                  + name
                  + "}; known are {body}, {body_base64}, {timestamp}, {id}, {url},"
                  + " {unescaped_url}, {method}, {header:NAME}");
        }
        yield new Part.HeaderValue(name.substring("header:".length()));
      }
    };
  }

  /** Whether the URL is part of the text. */
  boolean holdsUrl() {
    return parts.stream()
        .anyMatch(part -> part instanceof Part.Url || part instanceof Part.UnescapedUrl);
  }

  /** Whether the time is part of the text. */
  boolean holdsTimestamp() {
    return parts.stream().anyMatch(Part.Timestamp.class::isInstance);
  }

  /**
   * Why the text of this request cannot be told for certain; null if it can. A header that stands
   * twice, or whose bytes an HTTP server may have decoded in one way or another, could mean one
   * thing here and another to whoever reads it later.
   */
  Verdict.@Nullable Rejected problem(WebhookRequest request) {
    for (Part part : parts) {
      if ((part instanceof Part.Url || part instanceof Part.UnescapedUrl)
          && !request.isUrlKnown()) {
        return new Verdict.Rejected(
            Reason.NO_MATCHING_SIGNATURE, "the public URL is signed, and it is not known here");
      }
      if (part instanceof Part.Fields
          && Facts.isForm(request)
          && FormFields.sorted(request.body()) == null) {
        return new Verdict.Rejected(
            Reason.MALFORMED_BODY,
            "the body is a form with bad escapes or more than "
                + FormFields.MAX_SORTED
                + " fields");
      }
      if (part instanceof Part.HeaderValue(String name)) {
        String value = request.headers().only(name);
        if (value == null) {
          return request.headers().count(name) == 0
              ? new Verdict.Rejected(Reason.MISSING_HEADER, name + " is missing")
              : new Verdict.Rejected(Reason.MALFORMED_HEADER, name + " occurs more than once");
        }
        if (!Ascii.isPrintable(value)) {
          return new Verdict.Rejected(
              Reason.MALFORMED_HEADER, name + " holds other than printable ASCII characters");
        }
      }
    }
    return null;
  }

  /** The text of one request. A part that the request lacks is left out. */
  Content of(WebhookRequest request, @Nullable String timestamp) {
    return sink -> {
      // Short texts are put together: to a hash, a call costs as much as some ten bytes.
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < parts.size(); i++) {
        switch (parts.get(i)) {
          case Part.Literal(String literal) -> text.append(literal);
          case Part.Body() -> feed(sink, text, request.body());
          case Part.BodyInBase64() -> feed(sink, text, Base64.getEncoder().encode(request.body()));
          case Part.BodyCrc32() -> text.append(crc32(request.body()));
          case Part.Timestamp() -> append(text, timestamp);
          case Part.Url() -> text.append(request.url());
          case Part.UnescapedUrl() -> text.append(unescaped(request.url()));
          case Part.Method() -> text.append(request.method());
          case Part.Fields() -> feed(sink, text, fields(request));
          case Part.HeaderValue(String name) -> append(text, request.headers().first(name));
        }
      }
      feed(sink, text, NOTHING);
    };
  }

  /**
   * The URL with {@code : / ? @ ! $ ' ( ) * , ;} in the place of their escapes, and every other
   * escape as it is. This is how HubSpot documents its URLs.
   */
  static String unescaped(String url) {
    StringBuilder text = new StringBuilder(url.length());
    for (int i = 0; i < url.length(); i++) {
      int c = url.charAt(i) == '%' && i + 3 <= url.length() ? escaped(url, i) : -1;
      if (c >= 0) {
        text.append((char) c);
        i += 2;
      } else {
        text.append(url.charAt(i));
      }
    }
    return text.toString();
  }

  private static int escaped(String url, int at) {
    byte[] c = Encoding.HEX.decode(url.substring(at + 1, at + 3));
    return c == null || ":/?@!$'()*,;".indexOf(c[0]) < 0 ? -1 : c[0];
  }

  private static byte[] fields(WebhookRequest request) {
    byte[] sorted = Facts.isForm(request) ? FormFields.sorted(request.body()) : null;
    return sorted == null ? NOTHING : sorted;
  }

  private static String crc32(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body);
    return Long.toString(crc.getValue());
  }

  /** Feeds the text that has come together, and then the bytes. */
  private static void feed(Sink sink, StringBuilder text, byte[] bytes) {
    if (!text.isEmpty()) {
      sink.update(Utf8.bytes(text.toString()));
      text.setLength(0);
    }
    if (bytes.length > 0) {
      sink.update(bytes);
    }
  }

  private static void append(StringBuilder text, @Nullable String part) {
    if (part != null) {
      text.append(part);
    }
  }
}
