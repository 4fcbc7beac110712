package dev.boathook.endpoint;

import dev.boathook.outbound.HttpHeader;
import java.util.List;

/**
 * How requests prove themselves to an endpoint beside the signature, and it to us. Sealed at rest,
 * and in no text.
 *
 * @param headers sent with every request, after our own
 */
public record Security(List<HttpHeader> headers) {
  /** Nothing beside the signature. */
  public static final Security NONE = new Security(List.of());

  /** Keeps copies. */
  public Security {
    headers = List.copyOf(headers);
  }

  @Override
  public String toString() {
    return "Security[…]";
  }
}
