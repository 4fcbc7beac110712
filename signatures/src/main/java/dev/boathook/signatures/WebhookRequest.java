package dev.boathook.signatures;

/**
 * One HTTP request as a provider sent it.
 *
 * @param method the HTTP method, upper case
 * @param url the public URL the provider calls, exactly as it is registered there (some providers
 *     sign it); take it from configuration, never from the Host header; empty if unknown
 * @param headers the header lines
 * @param body the raw bytes, before any parsing or change of character set; not copied, so nobody
 *     may write to it
 */
@SuppressWarnings("ArrayRecordComponent") // A copy of every body would cost more than its check.
public record WebhookRequest(String method, String url, Headers headers, byte[] body) {

  /** The same request with more header lines at the end. */
  public WebhookRequest plus(Headers more) {
    return new WebhookRequest(method, url, headers.plus(more), body);
  }

  /** Method, URL and body length: header values and bodies may hold secrets. */
  @Override
  public String toString() {
    return "WebhookRequest[" + method + " " + url + ", " + body.length + " bytes]";
  }
}
