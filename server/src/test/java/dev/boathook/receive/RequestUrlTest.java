package dev.boathook.receive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.signatures.Providers;
import dev.boathook.source.Source;
import dev.boathook.source.SourceSecrets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestUrlTest {
  private static final Instant NOW = Instant.EPOCH;

  @ParameterizedTest
  @CsvSource({
    ", , a=b, /in/t%C3%A9?a=b",
    ", https://hooks.example, , https://hooks.example/in/t%C3%A9",
    ", https://hooks.example, a=%20b&c, https://hooks.example/in/t%C3%A9?a=%20b&c",
    "https://x.example:8443/hook, https://hooks.example, , https://x.example:8443/hook",
    "https://x.example:8443/hook, , a=b, https://x.example:8443/hook?a=b",
    "https://x.example/hook?own=1, https://hooks.example, own=1&a=b,"
        + " https://x.example/hook?own=1&a=b",
    "https://x.example/hook?own=1, https://hooks.example, , https://x.example/hook?own=1",
    "https://x.example, , , https://x.example"
  })
  void the_url_is_what_is_configured_with_the_query_that_came(
      @Nullable String own, @Nullable String server, @Nullable String query, String expected) {
    Source source =
        Source.builder(
                new UUID(1, 1),
                new UUID(1, 2),
                "s",
                "t",
                SourceSecrets.together(Providers.named("stripe"), List.of("x"), NOW),
                NOW)
            .publicUrl(own)
            .build();

    assertThat(
            RequestUrl.of(
                source, Optional.ofNullable(server), "/in/t%C3%A9", query == null ? "" : query))
        .isEqualTo(expected);
  }
}
