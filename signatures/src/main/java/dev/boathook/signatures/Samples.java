package dev.boathook.signatures;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * The sample requests, one file each: a line with the method and, if there is one, the query; the
 * header lines; an empty line; the body.
 *
 * <p>What changes from request to request stands in double braces: {@code {{uuid}}}, {@code {{id}}}
 * (24 hex digits), {@code {{number}}} (12 digits), {@code {{unix}}}, {@code {{millis}}} and {@code
 * {{iso}}}.
 */
final class Samples {
  private static final long NUMBERS = 900_000_000_000L;
  private static final long FIRST_NUMBER = 100_000_000_000L;

  private Samples() {}

  static WebhookRequest request(
      String provider, String sample, String url, SigningContext context) {
    String text = filled(text(provider, sample), context);
    int bodyAt = text.indexOf("\n\n");
    String head = bodyAt < 0 ? text : text.substring(0, bodyAt);
    String body = bodyAt < 0 ? "" : text.substring(bodyAt + 2);
    List<String> lines = head.lines().toList();
    String start = lines.getFirst();
    int space = start.indexOf(' ');
    Headers.Builder headers = Headers.builder();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return new WebhookRequest(
        space < 0 ? start : start.substring(0, space),
        space < 0 ? url : withQuery(url, start.substring(space + 2)),
        headers.build(),
        Utf8.bytes(body.endsWith("\n") ? body.substring(0, body.length() - 1) : body));
  }

  /** The receiver's own URL may have a query already. */
  private static String withQuery(String url, String query) {
    return url + (url.indexOf('?') < 0 ? "?" : "&") + query;
  }

  private static String text(String provider, String sample) {
    String file = "samples/" + provider + "/" + sample.replaceAll("[/:]", "-") + ".http";
    try (InputStream in = Samples.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("there is no " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String filled(String text, SigningContext context) {
    byte[] hash = sha256(context.id());
    long number = FIRST_NUMBER + Math.floorMod(ByteBuffer.wrap(hash).getLong(), NUMBERS);
    return text.replace("{{uuid}}", UUID.nameUUIDFromBytes(hash).toString())
        .replace("{{id}}", HexFormat.of().formatHex(hash, 0, 12))
        .replace("{{number}}", Long.toString(number))
        .replace("{{unix}}", TimeRule.Unit.SECONDS.format(context.timestamp()))
        .replace("{{millis}}", TimeRule.Unit.MILLISECONDS.format(context.timestamp()))
        .replace("{{iso}}", TimeRule.Unit.ISO8601.format(context.timestamp()));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(Utf8.bytes(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK lacks SHA-256", e);
    }
  }
}
