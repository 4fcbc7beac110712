package dev.boathook.signatures;

import java.util.Map;

/**
 * The settings of a provider that has no signature of its own, whose requests are made by somebody
 * at the sending side and so can carry what that person decides.
 *
 * <ul>
 *   <li>{@code proof}: {@code token} (default), {@code hmac} or {@code none}, where whoever knows
 *       the address comes in.
 *   <li>{@code header}: the header with the token, {@value #TOKEN_HEADER} by default, or with the
 *       signature, {@value #SIGNATURE_HEADER} by default.
 *   <li>With {@code token}, the other places of {@link #tokenPlace}, instead of a header.
 *   <li>With {@code hmac}, those of {@link HmacSettings}.
 *   <li>Those of {@link EventSettings}.
 * </ul>
 */
final class ProofSettings {
  static final String TOKEN_HEADER = "X-Webhook-Token";
  static final String SIGNATURE_HEADER = "X-Webhook-Signature";

  private enum Proof {
    TOKEN,
    HMAC,
    NONE
  }

  private static final Map<String, Proof> PROOFS =
      Map.of("token", Proof.TOKEN, "hmac", Proof.HMAC, "none", Proof.NONE);

  private ProofSettings() {}

  /**
   * Adds what the settings say to a definition.
   *
   * @param usualId where the id of the event is if nothing is set
   */
  static Definition.Builder addTo(Definition.Builder definition, Settings settings, Field usualId) {
    EventSettings event = EventSettings.read(settings, usualId);
    Scheme scheme =
        switch (settings.choice("proof", PROOFS, "token")) {
          case TOKEN -> TokenScheme.required(tokenPlace(settings));
          case HMAC -> {
            String header = settings.headerName("header", SIGNATURE_HEADER);
            yield HmacSettings.signature(settings, header, event.id()).scheme();
          }
          case NONE -> NoScheme.INSTANCE;
        };
    return event.addTo(definition.provenBy(scheme));
  }

  /**
   * Where the token stands: in a {@code header} ({@value #TOKEN_HEADER} by default), behind a
   * {@code prefix} there, in a {@code query} parameter or at a {@code json} pointer in the body.
   */
  static TokenPlace tokenPlace(Settings settings) {
    String header = settings.headerName("header");
    String prefix = settings.text("prefix");
    String parameter = settings.text("query");
    String pointer = settings.text("json");
    if (parameter == null && pointer == null) {
      String name = header == null ? TOKEN_HEADER : header;
      if (prefix == null) {
        return new TokenPlace.InHeader(name);
      }
      if (prefix.isEmpty() || !Ascii.isPrintable(prefix)) {
        throw settings.invalid("prefix", "is empty or holds other than printable ASCII");
      }
      return new TokenPlace.InHeaderAfter(prefix, name);
    }
    String chosen = parameter == null ? "json" : "query";
    if (header != null || prefix != null || (parameter != null && pointer != null)) {
      throw settings.invalid(chosen, "is of no use beside another place, or a prefix");
    }
    if (parameter != null) {
      if (!parameter.matches("[A-Za-z0-9_.-]+")) {
        throw settings.invalid("query", "is not a name of letters, digits and _ . -");
      }
      return new TokenPlace.InQuery(parameter);
    }
    if (pointer == null || !pointer.startsWith("/")) {
      throw settings.invalid("json", "is not a pointer as /path/to/it");
    }
    return new TokenPlace.InJson(pointer);
  }
}
