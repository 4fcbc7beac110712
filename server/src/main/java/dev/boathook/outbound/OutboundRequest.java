package dev.boathook.outbound;

import dev.boathook.address.Cidr;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request to make.
 *
 * @param method of the request
 * @param headers sent in this order after the sender's own; none of them {@linkplain
 *     HttpHeader#isReserved reserved}
 * @param body sent as it is; not copied, and not to be changed while the attempt runs
 * @param timeout for the whole attempt, from resolving the host to the last byte of the response
 * @param extraAllowed ranges that the operator opened for this endpoint alone
 * @param credentials headers whose values nobody may see, sent after the others; none of them
 *     reserved
 * @param tls of the connection, if it is https; null for everybody's
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes pass through; nobody compares these records.
public record OutboundRequest(
    Method method,
    TargetUrl url,
    List<HttpHeader> headers,
    byte[] body,
    Duration timeout,
    List<Cidr> extraAllowed,
    List<HttpHeader> credentials,
    @Nullable OutboundTls tls) {

  /** What stands in place of a value that nobody may see. */
  public static final String HIDDEN = "(hidden)";

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
    credentials = List.copyOf(credentials);
    for (List<HttpHeader> lines : List.of(headers, credentials)) {
      for (HttpHeader header : lines) {
        if (HttpHeader.isReserved(header.name())) {
          throw new IllegalArgumentException("header is the sender's to set: " + header.name());
        }
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

  /** A request without credentials, by everybody's TLS. */
  public OutboundRequest(
      Method method,
      TargetUrl url,
      List<HttpHeader> headers,
      byte[] body,
      Duration timeout,
      List<Cidr> extraAllowed) {
    this(method, url, headers, body, timeout, extraAllowed, List.of(), null);
  }

  /** The same with one more header whose value nobody may see, and less time. */
  public OutboundRequest with(HttpHeader credential, Duration left) {
    List<HttpHeader> more = new ArrayList<>(credentials);
    more.add(credential);
    return new OutboundRequest(method, url, headers, body, left, extraAllowed, more, tls);
  }

  /** All headers, as they may be kept and shown: credentials by name alone. */
  public List<HttpHeader> shownHeaders() {
    List<HttpHeader> shown = new ArrayList<>(headers);
    credentials.forEach(credential -> shown.add(new HttpHeader(credential.name(), HIDDEN)));
    return shown;
  }

  /** Method and host: the rest of the URL, headers and body may all hold secrets. */
  @Override
  public String toString() {
    return "OutboundRequest[" + method + " " + url.authority() + "]";
  }
}
