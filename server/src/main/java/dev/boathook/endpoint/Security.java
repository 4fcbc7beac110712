package dev.boathook.endpoint;

import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.OutboundTls;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Signer;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.signatures.WebhookRequest;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How requests prove themselves to an endpoint beside the signature of Standard Webhooks, and it to
 * us. Sealed at rest, and in no text.
 *
 * @param headers sent with every request, after our own
 * @param authentication what stands in the Authorization header
 * @param tls whom to trust, and what to show, where that is not everybody's; null: it is
 * @param extraSignatures signatures of other systems, side by side with ours
 */
public record Security(
    List<HttpHeader> headers,
    Authentication authentication,
    @Nullable OutboundTls tls,
    List<ExtraSignature> extraSignatures) {
  /** The most headers. */
  public static final int MAX_HEADERS = 20;

  /** The longest name of a header, in characters. */
  public static final int MAX_HEADER_NAME_CHARACTERS = 100;

  /** The longest value of a header, in characters. */
  public static final int MAX_HEADER_VALUE_CHARACTERS = 4_000;

  /** The most extra signatures. */
  public static final int MAX_EXTRA_SIGNATURES = 4;

  /** Nothing beside the signature. */
  public static final Security NONE = new Security(List.of(), Authentication.NONE, null, List.of());

  private static final String AUTHORIZATION = "authorization";

  /** Names that a request has in any case; {@link #OUR_PREFIXES} are others. */
  private static final Set<String> OURS = Set.of("content-type", "content-encoding");

  private static final List<String> OUR_PREFIXES = List.of("webhook-", "boathook-");

  /** A request to try signers on, in order to see which headers they write. */
  private static final WebhookRequest PROBE =
      new WebhookRequest(
          "POST",
          "https://example.com/",
          Headers.of(
              "content-type",
              "application/json",
              StandardWebhooks.ID_HEADER,
              "id",
              StandardWebhooks.TIMESTAMP_HEADER,
              "0",
              StandardWebhooks.SIGNATURE_HEADER,
              "v1,"),
          new byte[0]);

  /**
   * Checks the limits, that no two parts write the same header, and that every signature can be
   * made; keeps copies.
   */
  public Security {
    headers = List.copyOf(headers);
    extraSignatures = List.copyOf(extraSignatures);
    if (headers.size() > MAX_HEADERS) {
      throw new IllegalArgumentException("there are more than " + MAX_HEADERS + " headers");
    }
    if (extraSignatures.size() > MAX_EXTRA_SIGNATURES) {
      throw new IllegalArgumentException(
          "there are more than " + MAX_EXTRA_SIGNATURES + " extra signatures");
    }
    Set<String> names = new HashSet<>();
    if (!(authentication instanceof Authentication.None)) {
      names.add(AUTHORIZATION);
    }
    for (ExtraSignature extra : extraSignatures) {
      SigningContext context = new SigningContext("id", Instant.EPOCH);
      for (Headers.Line line : extra.signer().headers(PROBE, context)) {
        claim(line.name(), names);
      }
    }
    for (HttpHeader header : headers) {
      claim(header.name(), names);
      if (header.value().length() > MAX_HEADER_VALUE_CHARACTERS) {
        throw new IllegalArgumentException(
            "header "
                + header.name()
                + " has more than "
                + MAX_HEADER_VALUE_CHARACTERS
                + " characters");
      }
    }
  }

  private static void claim(String name, Set<String> taken) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!HttpHeader.isName(name) || name.length() > MAX_HEADER_NAME_CHARACTERS) {
      throw new IllegalArgumentException("there is a header whose name is none");
    }
    if (HttpHeader.isReserved(name)
        || OURS.contains(lower)
        || OUR_PREFIXES.stream().anyMatch(lower::startsWith)) {
      throw new IllegalArgumentException("header " + name + " is ours to set");
    }
    if (!taken.add(lower)) {
      throw new IllegalArgumentException("header " + name + " would be there twice");
    }
  }

  /**
   * What signs every request: by Standard Webhooks with each of these secrets, and by the extra
   * signatures.
   *
   * @param secrets of Standard Webhooks
   */
  public Signer.OfHeaders signer(List<String> secrets) {
    Signer.OfHeaders standard = StandardWebhooks.signer(secrets);
    if (extraSignatures.isEmpty()) {
      return standard;
    }
    List<Signer.OfHeaders> extras = extraSignatures.stream().map(ExtraSignature::signer).toList();
    return (request, context) -> {
      Headers lines = standard.headers(request, context);
      WebhookRequest signed = request.plus(lines);
      for (Signer.OfHeaders extra : extras) {
        lines = lines.plus(extra.headers(signed, context));
      }
      return lines;
    };
  }

  /**
   * Whether this may go from requests to one URL to requests to another. Headers and
   * authentication, which nobody can read, may not go to another scheme, host or port unless they
   * are given again: who may change a URL could read them there.
   *
   * @param headersGiven whether the headers are given again, or are taken away
   * @param authenticationGiven the same for the authentication
   */
  public boolean mayMove(
      TargetUrl from, TargetUrl to, boolean headersGiven, boolean authenticationGiven) {
    return (from.scheme().equals(to.scheme()) && from.authority().equals(to.authority()))
        || ((headersGiven || headers.isEmpty())
            && (authenticationGiven || authentication.equals(Authentication.NONE)));
  }

  @Override
  public String toString() {
    return "Security[…]";
  }
}
