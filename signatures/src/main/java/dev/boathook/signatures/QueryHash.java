package dev.boathook.signatures;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Atlassian's query string hash: SHA-256, in hex, of {@code METHOD&path&parameters}. The path has
 * no slash at its end and an escaped ampersand; the parameters are sorted and escaped after RFC
 * 3986, values of the same one are joined by commas, and {@code jwt} is left out.
 *
 * <p>Source: developer.atlassian.com, "Query string hash" (cloud/bitbucket/query-string-hash) and
 * "Understanding JWT for Connect apps".
 */
final class QueryHash {

  /** The most characters of a URL; a longer one has no hash. */
  private static final int MAX_URL_LENGTH = 8192;

  private QueryHash() {}

  /**
   * The hash for a request; empty if its URL cannot be read.
   *
   * @param basePath what the path begins with and the sender does not count; may be empty
   */
  static String of(WebhookRequest request, String basePath) {
    if (request.url().length() > MAX_URL_LENGTH) {
      return "";
    }
    String canonical;
    try {
      canonical =
          request.method() + "&" + path(request.url(), basePath) + "&" + parameters(request.url());
    } catch (IllegalArgumentException e) {
      return ""; // Badly escaped.
    }
    return EnvelopeRule.hash(sink -> sink.update(Utf8.bytes(canonical)))
        .substring("sha256:".length());
  }

  private static String path(String url, String basePath) {
    int scheme = url.indexOf("://");
    int from = scheme < 0 ? 0 : url.indexOf('/', scheme + 3);
    String path = from < 0 ? "" : url.substring(from).split("[?#]", 2)[0];
    if (path.startsWith(basePath)) {
      path = path.substring(basePath.length());
    }
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return end == 0 ? "/" : path.substring(0, end).replace("&", "%26");
  }

  private static String parameters(String url) {
    Map<String, List<String>> parameters = new TreeMap<>();
    for (String parameter : Query.of(url).split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = escaped(equals < 0 ? parameter : parameter.substring(0, equals));
      String value = equals < 0 ? "" : escaped(parameter.substring(equals + 1));
      if (!name.isEmpty() && !name.equals("jwt")) {
        parameters.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
      }
    }
    return parameters.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + joined(entry.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String joined(List<String> values) {
    return values.stream().sorted(Comparator.naturalOrder()).collect(Collectors.joining(","));
  }

  /** The same text, escaped after RFC 3986. */
  private static String escaped(String text) {
    return URLEncoder.encode(Query.unescaped(text), StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }
}
