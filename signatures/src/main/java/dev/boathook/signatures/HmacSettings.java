package dev.boathook.signatures;

import java.time.Duration;
import java.util.Map;

/**
 * The settings of the provider {@code hmac}, for whatever signs its webhooks with an HMAC in a
 * header. Only {@code header} is required.
 *
 * <ul>
 *   <li>{@code header}: the header that holds the signature. It may stand on several lines and may
 *       hold several signatures, separated by commas; one that matches is enough.
 *   <li>{@code algorithm}: {@code sha1}, {@code sha256} (default), {@code sha384}, {@code sha512}.
 *   <li>{@code encoding}: {@code hex} (default, any case), {@code base64}, {@code base64url}.
 *   <li>{@code prefix}: the text before each signature, as {@code sha256=}; none by default.
 *   <li>{@code signed_text}: what is signed; {@code {body}} by default. Other parts are {@code
 *       {body_base64}}, {@code {timestamp}}, {@code {id}}, {@code {url}} (the public URL), {@code
 *       {unescaped_url}} (the same, as {@link SignedText#unescaped} says), {@code {method}} and
 *       {@code {header:NAME}}; all else stands for itself. The body must be among them, in one form
 *       or the other.
 *   <li>{@code timestamp_header}: the header with the time. Required with {@code {timestamp}}, and
 *       refused without it: a time that is not signed protects from nothing.
 *   <li>{@code timestamp_unit}: {@code seconds} (default), {@code milliseconds}, {@code iso8601}.
 *   <li>{@code tolerance_seconds}: how far the time may be off in either direction, 1 to 86400; 300
 *       by default.
 *   <li>{@code key_encoding}: how the secret is written: {@code text} (default), {@code hex},
 *       {@code base64}.
 *   <li>{@code id}, {@code type}, {@code key}, {@code time}: where the event's id, type, resource
 *       and time are: {@code header:NAME}, {@code json:/pointer}, {@code form:FIELD}, {@code
 *       query:NAME} or {@code none}. By default there are none, and events are told apart by their
 *       signed text. With {@code id: none} nothing is ever taken for a duplicate.
 * </ul>
 */
final class HmacSettings {

  private static final long MAX_TOLERANCE_SECONDS = 86_400;

  private static final Map<String, Hmac.Hash> ALGORITHMS =
      Map.of(
          "sha1", Hmac.Hash.SHA1,
          "sha256", Hmac.Hash.SHA256,
          "sha384", Hmac.Hash.SHA384,
          "sha512", Hmac.Hash.SHA512);
  private static final Map<String, Encoding> ENCODINGS =
      Map.of("hex", Encoding.HEX, "base64", Encoding.BASE64, "base64url", Encoding.BASE64URL);
  private static final Map<String, KeyForm> KEY_ENCODINGS =
      Map.of("text", KeyForm.TEXT, "hex", KeyForm.HEX, "base64", KeyForm.BASE64);
  private static final Map<String, TimeRule.Unit> UNITS =
      Map.of(
          "seconds", TimeRule.Unit.SECONDS,
          "milliseconds", TimeRule.Unit.MILLISECONDS,
          "iso8601", TimeRule.Unit.ISO8601);

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
    Hmac.Hash hash = settings.choice("algorithm", ALGORITHMS, "sha256");
    Encoding encoding = settings.choice("encoding", ENCODINGS, "hex");
    KeyForm keyForm = settings.choice("key_encoding", KEY_ENCODINGS, "text");
    SignatureBuilder signature = SignatureBuilder.inHeaderList(prefix(), header);
    if (id instanceof Field.Header(String name)) {
      signature.idInHeader(name);
    }
    signature.with(new Hmac(hash, keyForm), encoding);
    signedText(signature);
    timestamp(signature);
    return signature;
  }

  private void signedText(SignatureBuilder signature) {
    try {
      signature.over(settings.text("signed_text", "{body}"));
    } catch (IllegalArgumentException e) {
      throw settings.invalid("signed_text", String.valueOf(e.getMessage()));
    }
  }

  private void timestamp(SignatureBuilder signature) {
    boolean signed = signature.coversTimestamp();
    String header = settings.headerName("timestamp_header");
    TimeRule.Unit unit = settings.choice("timestamp_unit", UNITS, "seconds");
    Duration tolerance =
        Duration.ofSeconds(
            settings.number(
                "tolerance_seconds",
                1,
                MAX_TOLERANCE_SECONDS,
                SignatureScheme.FIVE_MINUTES.toSeconds()));
    if (signed && header == null) {
      throw settings.invalid("signed_text", "contains {timestamp}: 'timestamp_header' is needed");
    }
    if (!signed && header != null) {
      throw settings.invalid(
          "timestamp_header", "is of no use: 'signed_text' does not contain {timestamp}");
    }
    if (header != null) {
      signature.timeInHeader(header, unit, tolerance);
    }
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
