package dev.boathook.deliver;

import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Security;
import dev.boathook.event.Event;
import dev.boathook.event.Origin;
import dev.boathook.id.IdKind;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.OutboundRequest;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the request of an attempt: the event's bytes and content type as they came, signed by
 * Standard Webhooks 1.0.0 with the endpoint's secrets and this attempt's time, and with what else
 * the endpoint's security says; but for an access token, which must be had first.
 */
final class Requests {
  private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";

  private Requests() {}

  /**
   * The request.
   *
   * @param sourceName the name of the event's source; empty for a published event
   */
  static OutboundRequest of(
      Event event, Endpoint endpoint, Optional<String> sourceName, Instant attemptTime) {
    List<HttpHeader> headers = new ArrayList<>();
    String contentType = event.contentType();
    headers.add(
        new HttpHeader(
            "content-type",
            contentType.isEmpty() || !HttpHeader.isValue(contentType)
                ? DEFAULT_CONTENT_TYPE
                : contentType));
    if (event.origin().kind() == Origin.Kind.SOURCE) {
      sourceName.ifPresent(name -> headers.add(new HttpHeader("boathook-source", visible(name))));
      headers.add(new HttpHeader("boathook-type", visible(event.type())));
      // Our signature says that it comes from us, not that its provider has signed it.
      headers.add(new HttpHeader("boathook-verified", Boolean.toString(event.verified())));
      if (event.late()) {
        headers.add(new HttpHeader("boathook-late", "true"));
      }
    }
    Headers.Builder unsigned = Headers.builder();
    headers.forEach(header -> unsigned.add(header.name(), header.value()));
    Headers signature =
        endpoint
            .signer()
            .headers(
                new WebhookRequest(
                    "POST", endpoint.url().toString(), unsigned.build(), event.body()),
                new SigningContext(IdKind.EVENT.format(event.id()), attemptTime));
    for (Headers.Line line : signature) {
      headers.add(new HttpHeader(line.name(), line.value()));
    }
    Security security = endpoint.security();
    List<HttpHeader> credentials = new ArrayList<>(security.headers());
    security.authentication().header().ifPresent(credentials::add);
    return new OutboundRequest(
        OutboundRequest.Method.POST,
        endpoint.url(),
        headers,
        event.body(),
        endpoint.timeout(),
        endpoint.allowedNets(),
        credentials,
        security.tls());
  }

  /** The text as it is when it can stand in a header, else percent-encoded in UTF-8. */
  private static String visible(String text) {
    boolean plain = !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return plain ? text : URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
