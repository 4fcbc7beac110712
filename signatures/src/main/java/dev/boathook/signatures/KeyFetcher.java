package dev.boathook.signatures;

import java.io.IOException;
import java.net.URI;

/**
 * Fetches what providers publish: keys and certificates. Implemented by whoever uses this library,
 * because how a service may reach the outside is its own affair. Must follow no redirect, and must
 * limit the time and the size of an answer; must be thread-safe.
 */
@FunctionalInterface
public interface KeyFetcher {

  /**
   * One request to a host that the provider's definition names or has checked.
   *
   * @param method GET or POST
   * @param uri where to, always https
   * @param headers header lines to send
   * @param body the bytes to send; empty for GET
   */
  @SuppressWarnings("ArrayRecordComponent") // Written straight to the socket.
  record Call(String method, URI uri, Headers headers, byte[] body) {

    /** A plain GET. */
    public static Call get(URI uri) {
      return new Call("GET", uri, Headers.of(), new byte[0]);
    }

    /** Method and URI: headers and bodies may hold credentials. */
    @Override
    public String toString() {
      return method + " " + uri;
    }
  }

  /**
   * The body of a 200 answer.
   *
   * @throws IOException if there is none, with a message for a log
   */
  byte[] fetch(Call call) throws IOException;
}
