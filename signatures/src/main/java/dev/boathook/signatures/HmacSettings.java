package dev.boathook.signatures;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the provider {@code hmac}, for whatever signs its webhooks in a header, with an
 * HMAC or a private key. Only {@code header} is required. Besides these there are those of {@link
 * EventSettings}.
 *
 * <ul>
 *   <li>{@code header}: the header that holds the signature. It may stand on several lines and may
 *       hold several signatures, separated by commas; one that matches is enough.
 *   <li>{@code algorithm}: {@code sha1}, {@code sha256} (default), {@code sha384}, {@code sha512}
 *       for an HMAC; {@code ed25519}, {@code rsa-sha256} (PKCS#1 v1.5), {@code ecdsa-p256-sha256}
 *       for a signature with a private key. The secret is then the public key: for {@code ed25519}
 *       its 32 bytes in hex, else in PEM. Of those signatures four are looked at, of HMACs sixteen.
 *   <li>{@code encoding}: {@code hex} (default, any case), {@code base64}, {@code base64url}.
 *   <li>{@code prefix}: the text before each signature, as {@code sha256=}; none by default.
 *   <li>{@code format}: instead of a prefix, how the header is written if it holds the time too: a
 *       list of labels, as <code>t={timestamp},v1={signature}</code>. Other labels do not count.
 *   <li>{@code signed_text}: what is signed; {@code {body}} by default. Other parts are {@code
 *       {body_base64}}, {@code {timestamp}}, {@code {id}}, {@code {url}} (the public URL), {@code
 *       {unescaped_url}} (the same, as {@link SignedText#unescaped} says), {@code {method}} and
 *       {@code {header:NAME}}; all else stands for itself. The body must be among them, in one form
 *       or the other.
 *   <li>{@code timestamp_header}: the header with the time. This or a format with the time is
 *       required with {@code {timestamp}}, and refused without it: a time that is not signed
 *       protects from nothing.
 *   <li>{@code timestamp_unit}: {@code seconds} (default), {@code milliseconds}, {@code iso8601}.
 *   <li>{@code tolerance_seconds}: how far the time may be off in either direction, 1 to 86400; 300
 *       by default.
 *   <li>{@code key_encoding}: how the secret of an HMAC is written: {@code text} (default), {@code
 *       hex}, {@code base64}.
 * </ul>
 */
final class HmacSettings {

  private static final long MAX_TOLERANCE_SECONDS = 86_400;

  private static final Map<String, Hmac.Hash> HASHES =
      Map.of(
          "sha1", Hmac.Hash.SHA1,
          "sha256", Hmac.Hash.SHA256,
          "sha384", Hmac.Hash.SHA384,
          "sha512", Hmac.Hash.SHA512);
  private static final Map<String, Algorithm> PUBLIC_KEY_ALGORITHMS =
      Map.of(
          "ed25519", Ed25519.HEX,
          "rsa-sha256", PublicKeyAlgorithm.RSA_SHA256,
          "ecdsa-p256-sha256", PublicKeyAlgorithm.ECDSA_P256_SHA256);
  private static final Map<String, Encoding> ENCODINGS =
      Map.of("hex", Encoding.HEX, "base64", Encoding.BASE64, "base64url", Encoding.BASE64URL);
  private static final Map<String, KeyForm> KEY_ENCODINGS =
      Map.of("text", KeyForm.TEXT, "hex", KeyForm.HEX, "base64", KeyForm.BASE64);
  private static final Map<String, TimeRule.Unit> UNITS =
      Map.of(
          "seconds", TimeRule.Unit.SECONDS,
          "milliseconds", TimeRule.Unit.MILLISECONDS,
          "iso8601", TimeRule.Unit.ISO8601);
  private static final Pattern FORMAT =
      Pattern.compile(
          "([A-Za-z0-9_-]+)=\\{timestamp}, ?([A-Za-z0-9_-]+)=\\{signature}"
              + "|([A-Za-z0-9_-]+)=\\{signature}, ?([A-Za-z0-9_-]+)=\\{timestamp}");

  private final Settings settings;

  private HmacSettings(Settings settings) {
    this.settings = settings;
  }

  /** Adds what the settings say to a definition. */
  static Definition.Builder addTo(Definition.Builder definition, Settings settings) {
    String header = settings.requiredHeaderName("header", "the header with the signature");
    EventSettings event = EventSettings.read(settings, Field.nowhere());
    return event.addTo(definition.signedBy(signature(settings, header, event.id())));
  }

  /**
   * The signature that all settings but those of the event describe.
   *
   * @param header the header with the signature
   * @param id where the id of the event is
   */
  static SignatureBuilder signature(Settings settings, String header, Field id) {
    return new HmacSettings(settings).signature(header, id);
  }

  private SignatureBuilder signature(String header, Field id) {
    Algorithm algorithm = algorithm();
    Encoding encoding = settings.choice("encoding", ENCODINGS, "hex");
    TimeRule.Unit unit = settings.choice("timestamp_unit", UNITS, "seconds");
    Duration tolerance = tolerance();
    Matcher format = format();
    SignatureBuilder signature;
    if (format == null) {
      signature = SignatureBuilder.inHeaderList(prefix(), header).with(algorithm, encoding);
    } else {
      boolean timeFirst = format.group(1) != null;
      signature =
          SignatureBuilder.inLabelledHeader(
                  format.group(timeFirst ? 1 : 4), header, unit, tolerance)
              .with(format.group(timeFirst ? 2 : 3), algorithm, encoding);
    }
    if (id instanceof Field.Header(String name)) {
      signature.idInHeader(name);
    }
    signedText(signature);
    String timestampHeader = timestampHeader(signature.coversTimestamp(), format != null);
    return timestampHeader == null
        ? signature
        : signature.timeInHeader(timestampHeader, unit, tolerance);
  }

  private Algorithm algorithm() {
    boolean isKeyEncoded = settings.isSet("key_encoding");
    KeyForm form = settings.choice("key_encoding", KEY_ENCODINGS, "text");
    Map<String, Algorithm> algorithms = new HashMap<>(PUBLIC_KEY_ALGORITHMS);
    HASHES.forEach((name, hash) -> algorithms.put(name, new Hmac(hash, form)));
    Algorithm algorithm = settings.choice("algorithm", algorithms, "sha256");
    if (isKeyEncoded && !(algorithm instanceof Hmac)) {
      throw settings.invalid("key_encoding", "is only for an HMAC");
    }
    return algorithm;
  }

  private Duration tolerance() {
    return Duration.ofSeconds(
        settings.number(
            "tolerance_seconds",
            1,
            MAX_TOLERANCE_SECONDS,
            SignatureScheme.FIVE_MINUTES.toSeconds()));
  }

  private @Nullable Matcher format() {
    String format = settings.text("format");
    if (format == null) {
      return null;
    }
    Matcher matcher = FORMAT.matcher(format);
    if (!matcher.matches()) {
      throw settings.invalid("format", "is not as t={timestamp},v1={signature}");
    }
    if (settings.text("prefix") != null) {
      throw settings.invalid("prefix", "is of no use beside 'format'");
    }
    return matcher;
  }

  private void signedText(SignatureBuilder signature) {
    try {
      signature.over(settings.text("signed_text", "{body}"));
    } catch (IllegalArgumentException e) {
      throw settings.invalid("signed_text", String.valueOf(e.getMessage()));
    }
  }

  private @Nullable String timestampHeader(boolean signed, boolean inFormat) {
    String header = settings.headerName("timestamp_header");
    if (header != null && inFormat) {
      throw settings.invalid("timestamp_header", "is of no use: 'format' holds the time");
    }
    if (signed && header == null && !inFormat) {
      throw settings.invalid("signed_text", "contains {timestamp}: 'timestamp_header' is needed");
    }
    if (!signed && (header != null || inFormat)) {
      throw settings.invalid(
          inFormat ? "format" : "timestamp_header",
          "is of no use: 'signed_text' does not contain {timestamp}");
    }
    return header;
  }

  private String prefix() {
    String prefix = settings.text("prefix", "");
    if (prefix.contains(",")
        || !Ascii.isPrintable(prefix)
        || !prefix.equals(prefix.stripLeading())) {
      throw settings.invalid(
          "prefix", "holds a comma, a leading space or other than printable ASCII");
    }
    return prefix;
  }
}
