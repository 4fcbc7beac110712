package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.handshake;
import static dev.boathook.signatures.Requests.post;
import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BitbucketTest {
  private static final Provider BITBUCKET = Providers.named("bitbucket");

  @Test
  void a_test_of_the_connection_is_answered_without_a_signature() {
    WebhookRequest test = post("{\"test\": true}", "X-Event-Key", "diagnostics:ping");
    Answer answer = handshake(BITBUCKET.greeting(test).orElseThrow()).answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "diagnostics:ping | {}",
        "diagnostics:ping | {'test': false}",
        "diagnostics:ping | ",
        "repo:push | {'test': true}",
      })
  void what_only_looks_like_one_is_not(String key, @Nullable String body) {
    String json = body == null ? "" : body.replace('\'', '"');
    assertThat(BITBUCKET.greeting(post(json, "X-Event-Key", key))).isEmpty();
  }
}
