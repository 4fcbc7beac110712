package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What strangers can make us fetch. */
class RemoteKeysTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration MAX_AGE = Duration.ofHours(1);
  private static final RemoteKeys.Key KEY =
      new RemoteKeys.Key(
          PemKeys.publicKey(TestingKeys.RSA_PUBLIC, PemKeys.Kind.RSA), /* certificate= */ null);

  private final List<String> fetched = new ArrayList<>();
  private final RemoteKeys remote =
      new RemoteKeys(call -> {
        fetched.add(call.uri().getPath());
        return new byte[0];
      });

  private RemoteKeys.Found find(String path, @Nullable String host, Instant now) {
    RemoteKeys.KeySet set =
        new RemoteKeys.KeySet(
            path,
            MAX_AGE,
            host,
            fetcher -> {
              fetcher.fetch(KeyFetcher.Call.get(URI.create("https://keys.example" + path)));
              return path.startsWith("/made-up") ? Map.of() : Map.of("key", KEY);
            });
    return remote.find(set, "key", now);
  }

  private void makeUp(int addresses) {
    for (int i = 0; i < addresses; i++) {
      find("/made-up/" + i, "keys.example", NOW);
    }
  }

  @Test
  void made_up_addresses_are_not_fetched_without_end() {
    makeUp(10 * RemoteKeys.MAX_NAMED_FETCHES);
    assertThat(fetched).hasSize(RemoteKeys.MAX_NAMED_FETCHES);
    assertThat(find("/new", "keys.example", NOW)).isInstanceOf(RemoteKeys.Found.Unavailable.class);
    assertThat(find("/new", "keys.example", NOW.plusSeconds(60)))
        .isInstanceOf(RemoteKeys.Found.One.class);
  }

  @Test
  void made_up_addresses_keep_nobody_from_other_hosts_and_known_keys() {
    assertThat(find("/known", "keys.example", NOW.minus(MAX_AGE)))
        .isInstanceOf(RemoteKeys.Found.One.class);
    makeUp(RemoteKeys.MAX_NAMED_FETCHES + RemoteKeys.MAX_SETS);
    fetched.clear();
    assertThat(find("/known", "keys.example", NOW)).isInstanceOf(RemoteKeys.Found.One.class);
    assertThat(find("/other", "other.example", NOW)).isInstanceOf(RemoteKeys.Found.One.class);
    assertThat(find("/fixed", null, NOW)).isInstanceOf(RemoteKeys.Found.One.class);
    assertThat(fetched).containsExactly("/known", "/other", "/fixed");
  }
}
