package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SignatureBuilder.inHeaderAfter;

import java.util.List;

/** Where software is made and run. */
final class Development {
  private Development() {}

  static List<ProviderEntry> entries() {
    return List.of(provider("github", Development::github));
  }

  /**
   * GitHub. {@code X-Hub-Signature} (SHA-1) is for old receivers and does not count. The type is
   * the event and, where there is one, its action: {@code pull_request.opened}. The key is the
   * repository. Redelivery, by hand only, repeats the id for up to three days. The id is not
   * signed. Sends up to 25 MB, and never again by itself what was refused.
   *
   * <p>Source: github github/docs, validating-webhook-deliveries.md,
   * webhook-events-and-payloads.md.
   */
  private static Definition github() {
    return Definition.named("github")
        .summary("HMAC-SHA256 over the body")
        .secret("the webhook's secret")
        .accepts("application/json", "application/x-www-form-urlencoded")
        .bodiesUpTo(26)
        .signedBy(
            inHeaderAfter("sha256=", "X-Hub-Signature-256")
                .over("{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), HEX))
        .samples("push", "pull_request.opened")
        .jsonInFormField("payload")
        .id(header("X-GitHub-Delivery"))
        .type(header("X-GitHub-Event").refinedBy(json("/action")))
        .key(firstOf(json("/repository/id"), json("/organization/id"), json("/installation/id")))
        .build();
  }
}
