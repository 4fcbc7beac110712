package dev.boathook.signatures;

/**
 * One HTTP request as a provider sent it.
 *
 * @param method the HTTP method, upper case
 * @param url the public URL the provider calls, exactly as it is registered there (some providers
 *     sign it), with the query of this request; take it from configuration, never from the Host
 *     header; the path and the query alone if the rest is unknown
 * @param headers the header lines
 * @param body the raw bytes, before any parsing or change of character set; not copied, so nobody
 *     may write to it
 */
@SuppressWarnings("ArrayRecordComponent") // A copy of every body would cost more than its check.
public record WebhookRequest(String method, String url, Headers headers, byte[] body) {

  /** Whether the URL is known as a whole, so that a signature over it can be checked. */
  boolean isUrlKnown() {
    return url.contains("://");
  }

  /** The same request with another body. */
  WebhookRequest with(byte[] otherBody) {
    return new WebhookRequest(method, url, headers, otherBody);
  }

  /** What the provider would have sent for this event alone. */
  public WebhookRequest alone(Reading.Item item) {
    String contentType = headers.first("Content-Type");
    return new WebhookRequest(
        method,
        url,
        item.contentType().equals(contentType) || item.contentType().isEmpty()
            ? headers
            : Headers.of("Content-Type", item.contentType()).plus(headers),
        item.body());
  }

  /** The same request with more header lines at the end. */
  public WebhookRequest plus(Headers more) {
    return new WebhookRequest(method, url, headers.plus(more), body);
  }

  /** Method and sizes: URL, header values and body may all hold secrets. */
  @Override
  public String toString() {
    return "WebhookRequest[%s, %d header lines, %d bytes]"
        .formatted(method, headers.size(), body.length);
  }
}
