package dev.boathook.signatures;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Public keys that lie, one to a file in PEM, on one host of the provider's.
 *
 * @param host scheme and host, as {@code https://keys.example.com}
 * @param paths what the paths look like that a request may name
 * @param maxAge how long a key may be kept
 */
record PemByUrl(String host, Pattern paths, Duration maxAge, PublicKeyAlgorithm algorithm)
    implements PublishedKeys {

  @Override
  public List<Lookup> lookups(List<String> secrets, RemoteKeys remote) {
    return PublishedKeys.withoutSecrets(
        secrets,
        (path, now) -> {
          if (!paths.matcher(path).matches()) {
            return Trust.refused(
                Reason.UNTRUSTED_KEY, "the request names a key at no path of the provider's");
          }
          URI uri = URI.create(host + path);
          RemoteKeys.KeySet set =
              new RemoteKeys.KeySet(
                  uri.toString(), maxAge, host, fetcher -> Map.of(path, load(fetcher, uri)));
          return PublishedKeys.trust(remote.find(set, path, now), algorithm);
        });
  }

  private RemoteKeys.Key load(KeyFetcher fetcher, URI uri) throws IOException {
    byte[] pem = fetcher.fetch(KeyFetcher.Call.get(uri));
    try {
      return new RemoteKeys.Key(
          PemKeys.publicKey(new String(pem, StandardCharsets.ISO_8859_1), algorithm.kind()), null);
    } catch (InvalidSecret e) {
      throw new IOException("what " + uri + " answers " + e.getMessage(), e);
    }
  }
}
