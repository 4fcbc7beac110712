package dev.boathook.signatures;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
 *       {timestamp}}, {@code {id}}, {@code {url}} (the public URL), {@code {method}} and {@code
 *       {header:NAME}}; all else stands for itself. {@code {body}} must be among them.
 *   <li>{@code timestamp_header}: the header with the time. Required with {@code {timestamp}}, and
 *       refused without it: a time that is not signed protects from nothing.
 *   <li>{@code timestamp_unit}: {@code seconds} (default), {@code milliseconds}, {@code iso8601}.
 *   <li>{@code tolerance_seconds}: how far the time may be off in either direction, 1 to 86400; 300
 *       by default.
 *   <li>{@code key_encoding}: how the secret is written: {@code text} (default), {@code hex},
 *       {@code base64}.
 *   <li>{@code id}, {@code type}, {@code key}, {@code time}: where the event's id, type, resource
 *       and time are: {@code header:NAME}, {@code json:/pointer}, {@code form:FIELD} or {@code
 *       none}. By default there are none, and events are told apart by their signed text. With
 *       {@code id: none} nothing is ever taken for a duplicate.
 * </ul>
 */
public final class HmacSettings {

  /** The name of the provider. */
  public static final String PROVIDER = "hmac";

  private static final int MAX_SETTING_LENGTH = 512;

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

  /** The settings not yet used: what is left in the end is unknown. */
  private final Map<String, String> settings;

  private HmacSettings(Map<String, String> settings) {
    settings.forEach((name, value) -> {
      if (value.length() > MAX_SETTING_LENGTH) {
        throw new InvalidSettings(
            "hmac setting '%s' has more than %d characters".formatted(name, MAX_SETTING_LENGTH));
      }
    });
    this.settings = new TreeMap<>(settings);
  }

  static Provider provider(Map<String, String> settings) {
    return new HmacSettings(settings).provider();
  }

  private Provider provider() {
    String header = headerName("header", take("header"));
    if (header == null) {
      throw new InvalidSettings("hmac needs the setting 'header': the header with the signature");
    }
    Hmac.Hash hash = choice("algorithm", ALGORITHMS, "sha256");
    Encoding encoding = choice("encoding", ENCODINGS, "hex");
    KeyForm keyForm = choice("key_encoding", KEY_ENCODINGS, "text");
    String idSetting = take("id");
    Field id = field("id", idSetting);

    SignatureBuilder signature = SignatureBuilder.inHeaderList(prefix(), header);
    if (id instanceof Field.Header(String name)) {
      signature.idInHeader(name);
    }
    signature.with(new Hmac(hash, keyForm), encoding);
    signedText(signature);
    timestamp(signature);

    Definition.Builder definition =
        Definition.named(PROVIDER)
            .signedBy(signature)
            .id(id)
            .type(field("type", take("type")))
            .key(field("key", take("key")))
            .time(field("time", take("time")));
    if ("none".equals(idSetting)) {
      definition.neverDeduped();
    }
    if (!settings.isEmpty()) {
      throw new InvalidSettings("hmac has no setting " + quoted(settings));
    }
    return definition.build();
  }

  private void signedText(SignatureBuilder signature) {
    String template = take("signed_text");
    try {
      signature.over(template == null ? "{body}" : template);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettings("hmac setting 'signed_text' " + e.getMessage());
    }
  }

  private void timestamp(SignatureBuilder signature) {
    boolean signed = signature.coversTimestamp();
    String header = headerName("timestamp_header", take("timestamp_header"));
    TimeRule.Unit unit = choice("timestamp_unit", UNITS, "seconds");
    Duration tolerance = tolerance(take("tolerance_seconds"));
    if (signed && header == null) {
      throw new InvalidSettings(
          "hmac setting 'signed_text' contains {timestamp}: 'timestamp_header' is needed");
    }
    if (!signed && header != null) {
      throw new InvalidSettings(
          "hmac setting 'timestamp_header' is of no use: 'signed_text' does not contain"
              + " {timestamp}");
    }
    if (header != null) {
      signature.timeInHeader(header, unit, tolerance);
    }
  }

  private static Duration tolerance(@Nullable String setting) {
    if (setting == null) {
      return SignatureScheme.FIVE_MINUTES;
    }
    try {
      long seconds = Long.parseLong(setting);
      if (seconds >= 1 && seconds <= MAX_TOLERANCE_SECONDS) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new InvalidSettings(
        "hmac setting 'tolerance_seconds' is not a number from 1 to " + MAX_TOLERANCE_SECONDS);
  }

  private String prefix() {
    String prefix = take("prefix");
    if (prefix == null) {
      return "";
    }
    if (prefix.contains(",")
        || !Ascii.isPrintable(prefix)
        || !prefix.equals(prefix.stripLeading())) {
      throw new InvalidSettings(
          "hmac setting 'prefix' holds a comma, a leading space or other than printable ASCII");
    }
    return prefix;
  }

  private static Field field(String name, @Nullable String setting) {
    if (setting == null || setting.equals("none")) {
      return Field.nowhere();
    }
    int colon = setting.indexOf(':');
    String where = colon < 0 ? "" : setting.substring(0, colon);
    String what = setting.substring(colon + 1);
    if (!what.isEmpty()) {
      switch (where) {
        case "header" -> {
          return Field.header(checkedHeaderName(name, what));
        }
        case "form" -> {
          if (!Ascii.isVisible(what)) {
            break;
          }
          return Field.form(what);
        }
        case "json" -> {
          if (what.startsWith("/")) {
            return Field.json(what);
          }
        }
        default -> {}
      }
    }
    throw new InvalidSettings(
        "hmac setting '" + name + "' is not header:NAME, json:/pointer, form:FIELD or none");
  }

  private static @Nullable String headerName(String setting, @Nullable String name) {
    return name == null ? null : checkedHeaderName(setting, name);
  }

  private static String checkedHeaderName(String setting, String name) {
    if (name.isEmpty() || !Ascii.isVisible(name) || name.contains(":")) {
      throw new InvalidSettings("hmac setting '" + setting + "' is not the name of a header");
    }
    return name;
  }

  private <T> T choice(String setting, Map<String, T> choices, String usual) {
    String value = take(setting);
    T chosen = choices.get(value == null ? usual : value);
    if (chosen == null) {
      throw new InvalidSettings("hmac setting '" + setting + "' is none of " + quoted(choices));
    }
    return chosen;
  }

  private static String quoted(Map<String, ?> named) {
    return named.keySet().stream().sorted().map(name -> "'" + name + "'").collect(joining(", "));
  }

  private @Nullable String take(String setting) {
    return settings.remove(setting);
  }
}
