package dev.boathook.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Turns a host name into its addresses. It may block; it is called on platform threads. */
@FunctionalInterface
public interface Resolver {

  /**
   * Every address of the host, in the order in which they should be tried.
   *
   * @param host an ASCII host name, never a literal address
   * @throws UnknownHostException if there is none, or if it could not be found out
   */
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /** The machine's own resolver, with the JDK's cache (30 s for answers, 10 s for failures). */
  static Resolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
