package dev.boathook.signatures;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The settings of a provider that has no signature of its own, whose requests are made by somebody
 * at the sending side and so can carry what that person decides.
 *
 * <ul>
 *   <li>{@code proof}: {@code token} (default), {@code hmac} or {@code none}, where whoever knows
 *       the address comes in.
 *   <li>{@code header}: the header with the token, {@value #TOKEN_HEADER} by default, or with the
 *       signature, {@value #SIGNATURE_HEADER} by default.
 *   <li>{@code query}: with {@code token}, the parameter of the URL with the token, instead of a
 *       header.
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
          case TOKEN ->
              new TokenScheme(tokenPlace(settings), UnaryOperator.identity(), /* required= */ true);
          case HMAC -> {
            String header = settings.headerName("header", SIGNATURE_HEADER);
            yield HmacSettings.signature(settings, header, event.id()).scheme();
          }
          case NONE -> NoScheme.INSTANCE;
        };
    return event.addTo(definition.provenBy(scheme));
  }

  private static TokenPlace tokenPlace(Settings settings) {
    String header = settings.headerName("header");
    String parameter = settings.text("query");
    if (parameter == null) {
      return new TokenPlace.InHeader(header == null ? TOKEN_HEADER : header);
    }
    if (header != null) {
      throw settings.invalid("query", "is of no use beside 'header'");
    }
    if (!parameter.matches("[A-Za-z0-9_.-]+")) {
      throw settings.invalid("query", "is not a name of letters, digits and _ . -");
    }
    return new TokenPlace.InQuery(parameter);
  }
}
