package dev.boathook.signatures;

import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.ProviderEntry.configurable;
import static dev.boathook.signatures.ProviderEntry.provider;

import java.util.List;

/** Schemes that are nobody's own. */
final class Generic {
  private Generic() {}

  static List<ProviderEntry> entries() {
    return List.of(
        provider("standard-webhooks", Generic::standardWebhooks),
        configurable("hmac", Generic::hmac));
  }

  /**
   * Standard Webhooks 1.0.0: {@code v1} (HMAC) with {@code whsec_} secrets, {@code v1a} (Ed25519)
   * with {@code whpk_} keys ({@code whsk_} to sign). Where the id of a resource stands is the
   * sender's choice; {@code data.id} is common.
   *
   * <p>Source: github standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
   */
  private static Definition standardWebhooks() {
    return Definition.named("standard-webhooks")
        .summary("HMAC-SHA256 or Ed25519 over id, time and body")
        .secret("whsec_… or the public key whpk_…")
        .samples("invoice.paid")
        .provenBy(StandardWebhooks.SCHEME)
        .id(header(StandardWebhooks.ID_HEADER))
        .type(json("/type"))
        .key(json("/data/id"))
        .time(json("/timestamp"))
        .build();
  }

  /** Whatever signs with an HMAC in a header, as {@link HmacSettings} says. */
  private static Definition hmac(Settings settings) {
    return HmacSettings.addTo(
            Definition.named("hmac")
                .summary("any HMAC in a header, as its settings say")
                .secret("the key of the HMAC")
                .samples("json"),
            settings)
        .build();
  }
}
