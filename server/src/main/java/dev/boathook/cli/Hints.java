package dev.boathook.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.Reason;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.Verifier;
import dev.boathook.signatures.WebhookRequest;
import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Guesses why a request was rejected: makes the usual mistakes backwards, one at a time, and says
 * which one would have verified. Never part of a verdict.
 */
final class Hints {
  private static final String PREFIX = "whsec_";

  /** How {@link Reason#TIMESTAMP_TOO_OLD} and its sibling begin their detail. */
  private static final Pattern TIMESTAMP = Pattern.compile("timestamp (\\S+) is ");

  private static final Pattern SECONDS = Pattern.compile("\\b(\\d{1,15}) s\\b");
  private static final int MAX_DIGITS_OF_SECONDS = 11;

  private final Provider provider;
  private final List<String> secrets;
  private final WebhookRequest request;

  Hints(Provider provider, List<String> secrets, WebhookRequest request) {
    this.provider = provider;
    this.secrets = secrets;
    this.request = request;
  }

  /** The detail of a rejection with durations that people can read. */
  static String readable(Verdict.Rejected rejected, boolean clockTime) {
    String detail = rejected.detail();
    if (!isAboutTime(rejected) && rejected.reason() != Reason.TOKEN_EXPIRED) {
      return detail;
    }
    String readable =
        SECONDS
            .matcher(detail)
            .replaceAll(seconds -> readable(Duration.ofSeconds(Long.parseLong(seconds.group(1)))));
    return clockTime ? readable + " (use --at to check a stored request)" : readable;
  }

  private static String readable(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds >= Duration.ofDays(2).toSeconds()) {
      return duration.toDays() + " days";
    }
    if (seconds >= Duration.ofHours(2).toSeconds()) {
      return duration.toHours() + " h";
    }
    return seconds % 60 == 0 ? duration.toMinutes() + " min" : seconds + " s";
  }

  private static boolean isAboutTime(Verdict.Rejected rejected) {
    return rejected.reason() == Reason.TIMESTAMP_TOO_OLD
        || rejected.reason() == Reason.TIMESTAMP_IN_FUTURE;
  }

  /** The hints, the likeliest first. */
  List<String> about(Verdict.Rejected rejected, Instant now) {
    List<String> hints = new ArrayList<>();
    forgotten(rejected).ifPresent(hints::add);
    Instant then = now;
    if (isAboutTime(rejected)) {
      Optional<Instant> stated = statedTime(rejected.detail());
      if (stated.isEmpty()) {
        return hints;
      }
      then = stated.get();
      if (verifies(provider, secrets, request, then)) {
        hints.add("only the time is wrong: with --at %d it verifies".formatted(seconds(then)));
        return hints;
      }
      hints.add("the time is not all: with --at %d it is rejected too".formatted(seconds(then)));
    }
    mistake(then).ifPresent(hints::add);
    return hints;
  }

  /** The part of the request that was not given, if that is what the rejection is about. */
  private Optional<String> forgotten(Verdict.Rejected rejected) {
    boolean noBody = request.body().length == 0 && !request.method().equals("GET");
    boolean noUrl = request.url().isEmpty();
    return switch (rejected.reason()) {
      case MISSING_HEADER ->
          hint(request.headers().size() == 0, "there is no --header; the signature stands in one");
      case MISSING_TOKEN -> {
        // The detail names the place: a header, or "… in the body", or "the query parameter …".
        String place = rejected.detail();
        if (place.contains(" in the body")) {
          yield hint(noBody, "the token stands in the body; --body FILE gives it");
        }
        if (place.contains("query parameter")) {
          yield hint(noUrl, "the token stands in the URL; --url gives it");
        }
        yield hint(request.headers().size() == 0, "there is no --header; the token stands in one");
      }
      case MALFORMED_BODY -> hint(noBody, "the body is empty; --body FILE gives it");
      case NO_MATCHING_SIGNATURE ->
          rejected.detail().contains("URL is signed")
              ? hint(
                  noUrl, "the URL is signed; --url gives it, as it is registered with the sender")
              : hint(noBody, "the body is empty; --body FILE gives it");
      case MALFORMED_HEADER,
          MALFORMED_TIMESTAMP,
          TIMESTAMP_TOO_OLD,
          TIMESTAMP_IN_FUTURE,
          NO_ACCEPTED_SIGNATURE,
          MALFORMED_SIGNATURE,
          TOO_MANY_SIGNATURES,
          NO_MATCHING_TOKEN,
          MALFORMED_TOKEN,
          WRONG_CLAIM,
          TOKEN_EXPIRED,
          UNKNOWN_KEY,
          UNTRUSTED_KEY ->
          Optional.empty();
    };
  }

  private static Optional<String> hint(boolean applies, String hint) {
    return applies ? Optional.of(hint) : Optional.empty();
  }

  private static long seconds(Instant time) {
    return time.getEpochSecond();
  }

  private Optional<String> mistake(Instant now) {
    return bodyMistake(now)
        .or(() -> secretMistake(now))
        .or(() -> providerMistake(now))
        .map(mistake -> "it would verify " + mistake);
  }

  private Optional<String> bodyMistake(Instant now) {
    byte[] body = request.body();
    Map<String, byte[]> bodies = new LinkedHashMap<>();
    if (endsIn(body, "\r\n")) {
      bodies.put("without the line break at the end of the body", cut(body, 2));
    }
    if (endsIn(body, "\n")) {
      bodies.put("without the newline at the end of the body", cut(body, 1));
    }
    bodies.put("with a newline at the end of the body", joined(body, "\n"));
    bodies.put("with the body's line breaks as \\n instead of \\r\\n", unixLineBreaks(body));
    bodies.put("with the body's line breaks as \\r\\n instead of \\n", dosLineBreaks(body));
    for (Map.Entry<String, byte[]> variant : bodies.entrySet()) {
      WebhookRequest changed =
          new WebhookRequest(
              request.method(), request.url(), request.headers(), variant.getValue());
      if (verifies(provider, secrets, changed, now)) {
        return Optional.of(variant.getKey());
      }
    }
    return Optional.empty();
  }

  private Optional<String> secretMistake(Instant now) {
    for (String secret : secrets) {
      for (Map.Entry<String, String> variant : variants(secret).entrySet()) {
        if (verifies(provider, List.of(variant.getValue()), request, now)) {
          return Optional.of(variant.getKey());
        }
      }
    }
    return Optional.empty();
  }

  private static Map<String, String> variants(String secret) {
    Map<String, String> variants = new LinkedHashMap<>();
    String unquoted = secret.replaceAll("^[\"'](.*)[\"']$", "$1");
    variants.put("without the quotes around the secret", unquoted);
    variants.put("without the white space in the secret", secret.replaceAll("\\s", ""));
    String bare = secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : secret;
    variants.put("with 'whsec_' at the start of the secret", PREFIX + bare);
    variants.put("without 'whsec_' at the start of the secret", bare);
    variants.put(
        "if the characters of the secret were the key: the sender does not decode its base64",
        PREFIX + base64(secret));
    variants.put(
        "if the characters of the secret after 'whsec_' were the key: the sender does not decode"
            + " its base64",
        PREFIX + base64(bare));
    decoded(bare).ifPresent(key -> variants.put("with the base64 of the secret decoded", key));
    variants.put("with the base64 of the secret as the secret", base64(secret));
    return variants;
  }

  private Optional<String> providerMistake(Instant now) {
    for (String name : Providers.all()) {
      Provider other;
      try {
        other = Providers.named(name);
      } catch (IllegalArgumentException _) {
        continue; // It needs settings, and we have none for it.
      }
      if (!name.equals(provider.name()) && verifies(other, secrets, request, now)) {
        return Optional.of("as " + name);
      }
    }
    return Optional.empty();
  }

  private static boolean verifies(
      Provider provider, List<String> secrets, WebhookRequest request, Instant now) {
    Verifier verifier;
    try {
      verifier = provider.verifier(secrets);
    } catch (InvalidSecret _) {
      return false;
    }
    return switch (verifier.verify(request, now)) {
      case Verdict.Verified _ -> true;
      // A token that matches; whatever comes in without one says nothing.
      case Verdict.Unsigned unsigned -> unsigned.secretIndex().isPresent();
      case Verdict.Rejected _, Verdict.Undecided _ -> false;
    };
  }

  /** The time in the detail, which stands there as in the request: seconds, milliseconds or ISO. */
  private static Optional<Instant> statedTime(String detail) {
    Matcher matcher = TIMESTAMP.matcher(detail);
    if (!matcher.find()) {
      return Optional.empty();
    }
    String text = matcher.group(1);
    try {
      if (!text.matches("[0-9]{1,18}")) {
        return Optional.of(OffsetDateTime.parse(text).toInstant());
      }
      long number = Long.parseLong(text);
      return Optional.of(
          text.length() <= MAX_DIGITS_OF_SECONDS
              ? Instant.ofEpochSecond(number)
              : Instant.ofEpochMilli(number));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static boolean endsIn(byte[] body, String end) {
    byte[] bytes = end.getBytes(UTF_8);
    return body.length >= bytes.length
        && Arrays.equals(body, body.length - bytes.length, body.length, bytes, 0, bytes.length);
  }

  private static byte[] cut(byte[] body, int bytes) {
    return Arrays.copyOf(body, body.length - bytes);
  }

  private static byte[] joined(byte[] body, String end) {
    byte[] bytes = end.getBytes(UTF_8);
    byte[] joined = Arrays.copyOf(body, body.length + bytes.length);
    System.arraycopy(bytes, 0, joined, body.length, bytes.length);
    return joined;
  }

  private static byte[] unixLineBreaks(byte[] body) {
    ByteArrayOutputStream changed = new ByteArrayOutputStream(body.length);
    for (int i = 0; i < body.length; i++) {
      if (body[i] != '\r' || i + 1 == body.length || body[i + 1] != '\n') {
        changed.write(body[i]);
      }
    }
    return changed.toByteArray();
  }

  private static byte[] dosLineBreaks(byte[] body) {
    ByteArrayOutputStream changed = new ByteArrayOutputStream(body.length);
    for (int i = 0; i < body.length; i++) {
      if (body[i] == '\n' && (i == 0 || body[i - 1] != '\r')) {
        changed.write('\r');
      }
      changed.write(body[i]);
    }
    return changed.toByteArray();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  /** The secret that base64 hides, if that is text. */
  private static Optional<String> decoded(String secret) {
    try {
      String text = new String(Base64.getDecoder().decode(secret), UTF_8);
      return text.isBlank() || text.indexOf('\ufffd') >= 0 ? Optional.empty() : Optional.of(text);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
