package dev.boathook.receive;

import dev.boathook.signatures.Headers;
import dev.boathook.source.Source;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What of a request's headers is kept with its events: all lines but those that open something. */
final class KeptHeaders {
  /** Credentials, whatever they say. The last two come beside a signature, too. */
  private static final Set<String> CREDENTIALS =
      Set.of(
          "authorization",
          "proxy-authorization",
          "cookie",
          "x-api-key",
          "x-auth-token",
          "x-gitlab-token",
          "x-buildkite-token");

  private KeptHeaders() {}

  /**
   * The lines that are no credentials, neither by their name nor because one of the source's
   * secrets stands in them.
   */
  static Headers of(Headers headers, Source source) {
    List<String> secrets = source.secrets().values();
    Headers.Builder kept = Headers.builder();
    for (Headers.Line line : headers) {
      if (!CREDENTIALS.contains(line.name().toLowerCase(Locale.ROOT))
          && secrets.stream().noneMatch(line.value()::contains)) {
        kept.add(line.name(), line.value());
      }
    }
    return kept.build();
  }
}
