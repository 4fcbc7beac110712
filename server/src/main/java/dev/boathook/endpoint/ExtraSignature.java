package dev.boathook.endpoint;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.Signer;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Signature headers of another system, sent beside those of Standard Webhooks while receivers move
 * from that system to this one. Tells no secret in any text.
 */
public sealed interface ExtraSignature {
  /** The word in the database and in the API. */
  String type();

  /** What makes its header lines of a request that has those of Standard Webhooks. */
  Signer.OfHeaders signer();

  /**
   * The headers of Svix: what Standard Webhooks says, under the names {@code svix-id}, {@code
   * svix-timestamp} and {@code svix-signature}. Signed with the endpoint's own secrets.
   */
  record Svix() implements ExtraSignature {
    /** The word. */
    public static final String TYPE = "svix";

    private static final String STANDARD_PREFIX = "webhook-";

    @Override
    public String type() {
      return TYPE;
    }

    @Override
    public Signer.OfHeaders signer() {
      // The same text signed with the same secrets: the same lines, which need not be made again.
      return (request, _) -> {
        Headers.Builder lines = Headers.builder();
        for (Headers.Line line : request.headers()) {
          if (line.name().startsWith(STANDARD_PREFIX)) {
            lines.add("svix-" + line.name().substring(STANDARD_PREFIX.length()), line.value());
          }
        }
        return lines.build();
      };
    }
  }

  /**
   * {@code X-Hub-Signature-256}, as GitHub signs: HMAC-SHA256 over the body.
   *
   * @param secret its own
   */
  record GitHub(String secret) implements ExtraSignature {
    /** The word. */
    public static final String TYPE = "github";

    @Override
    public String type() {
      return TYPE;
    }

    @Override
    public Signer.OfHeaders signer() {
      return addedBy(Providers.named("github").signer(secret));
    }

    @Override
    public String toString() {
      return "GitHub[…]";
    }
  }

  /**
   * A header that a source of the provider {@code hmac} with the same settings would verify.
   *
   * @param settings {@code header} and any of {@code algorithm}, {@code encoding}, {@code prefix},
   *     {@code format}, {@code timestamp_header}, {@code timestamp_unit}, {@code signed_text},
   *     {@code key_encoding} and {@code id}, as docs/providers/hmac.md says. With {@code
   *     timestamp_header} alone, what is signed is <code>{timestamp}.{body}</code>
   * @param secret its own
   */
  record Hmac(Map<String, String> settings, String secret) implements ExtraSignature {
    /** The word. */
    public static final String TYPE = "hmac";

    private static final Set<String> KNOWN =
        Set.of(
            "header",
            "algorithm",
            "encoding",
            "prefix",
            "format",
            "timestamp_header",
            "timestamp_unit",
            "signed_text",
            "key_encoding",
            "id");

    /** Keeps a copy, and refuses settings that say nothing about a signature. */
    public Hmac {
      Set<String> unknown = new TreeSet<>(settings.keySet());
      unknown.removeAll(KNOWN);
      if (!unknown.isEmpty()) {
        throw new IllegalArgumentException(
            "has settings that make no signature: " + String.join(", ", unknown));
      }
      settings = Map.copyOf(settings);
    }

    @Override
    public String type() {
      return TYPE;
    }

    @Override
    public Signer.OfHeaders signer() {
      Map<String, String> complete = new LinkedHashMap<>(settings);
      if (settings.containsKey("timestamp_header")) {
        complete.putIfAbsent("signed_text", "{timestamp}.{body}");
      }
      return addedBy(Providers.named("hmac", complete).signer(secret));
    }

    @Override
    public String toString() {
      return "Hmac" + settings;
    }
  }

  /** The lines that a provider's signer adds. */
  private static Signer.OfHeaders addedBy(Signer signer) {
    return (WebhookRequest request, SigningContext context) -> {
      Headers.Builder added = Headers.builder();
      int before = request.headers().size();
      for (Headers.Line line : signer.sign(request, context).headers()) {
        if (before-- <= 0) {
          added.add(line.name(), line.value());
        }
      }
      return added.build();
    };
  }
}
