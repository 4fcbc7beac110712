package dev.boathook.outbound;

import dev.boathook.address.Cidr;
import java.time.Duration;
import java.util.List;

/**
 * One request to make.
 *
 * @param method of the request
 * @param headers sent in this order after the sender's own; none of them {@linkplain
 *     HttpHeader#isReserved reserved}
 * @param body sent as it is; not copied, and not to be changed while the attempt runs
 * @param timeout for the whole attempt, from resolving the host to the last byte of the response
 * @param extraAllowed ranges that the operator opened for this endpoint alone
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes pass through; nobody compares these records.
public record OutboundRequest(
    Method method,
    TargetUrl url,
    List<HttpHeader> headers,
    byte[] body,
    Duration timeout,
    List<Cidr> extraAllowed) {

  /** The longest time that an attempt may be given. */
  public static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);

  /** The methods there are. */
  public enum Method {
    /** Without a body. */
    GET,
    /** With one, if an empty one. */
    POST
  }

  public OutboundRequest {
    if (method == Method.GET && body.length > 0) {
      throw new IllegalArgumentException("a GET has no body");
    }
    headers = List.copyOf(headers);
    extraAllowed = List.copyOf(extraAllowed);
    for (HttpHeader header : headers) {
      if (HttpHeader.isReserved(header.name())) {
        throw new IllegalArgumentException("header is the sender's to set: " + header.name());
      }
    }
    if (!timeout.isPositive() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException("timeout out of 0..5 minutes: " + timeout);
    }
  }

  /** A POST. */
  public OutboundRequest(
      TargetUrl url,
      List<HttpHeader> headers,
      byte[] body,
      Duration timeout,
      List<Cidr> extraAllowed) {
    this(Method.POST, url, headers, body, timeout, extraAllowed);
  }
}
