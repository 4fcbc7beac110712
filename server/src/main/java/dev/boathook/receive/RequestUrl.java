package dev.boathook.receive;

import dev.boathook.source.Source;
import java.util.Optional;

/**
 * The URL that a request was sent to, as its sender knows it; for schemes that sign it. It is made
 * of what is configured and of the request's path and query, never of a header.
 */
final class RequestUrl {
  private RequestUrl() {}

  /**
   * The source's own URL, with the request's query if there is one; else the server's URL with the
   * request's path and query; these alone when neither is configured.
   *
   * @param publicUrl what the public listener is called from outside, without a slash at the end
   * @param rawPath as it was sent
   * @param rawQuery as it was sent, without the question mark; empty for none
   */
  static String of(Source source, Optional<String> publicUrl, String rawPath, String rawQuery) {
    String query = rawQuery.isEmpty() ? "" : "?" + rawQuery;
    String own = source.publicUrl();
    if (own != null) {
      int ownQuery = own.indexOf('?');
      return query.isEmpty() || ownQuery < 0 ? own + query : own.substring(0, ownQuery) + query;
    }
    return publicUrl.orElse("") + rawPath + query;
  }
}
