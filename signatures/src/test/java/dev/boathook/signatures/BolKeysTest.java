package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BolKeysTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final String KEYS =
      "{\"signatureKeys\":[{\"id\":\"0\",\"type\":\"RSA\",\"publicKey\":\"%s\"}]}"
          .formatted(TestingKeys.bare(TestingKeys.RSA_PUBLIC));
  private static final String TOKEN = "{\"access_token\":\"abc.def\",\"expires_in\":299}";

  private final List<KeyFetcher.Call> calls = new ArrayList<>();

  private PublishedKeys.Lookup lookup(String token, String keys) {
    RemoteKeys remote =
        new RemoteKeys(call -> {
          calls.add(call);
          return Utf8.bytes(calls.size() % 2 == 1 ? token : keys);
        });
    return BolKeys.INSTANCE.lookups(List.of("client:se:cret"), remote).getFirst();
  }

  @Test
  void the_list_is_fetched_with_the_client_credentials_and_kept() {
    PublishedKeys.Lookup lookup = lookup(TOKEN, KEYS);
    assertThat(lookup.find("0", NOW)).isInstanceOf(PublishedKeys.Trust.Keys.class);
    assertThat(lookup.find("0", NOW)).isInstanceOf(PublishedKeys.Trust.Keys.class);
    assertThat(lookup.find("1", NOW)).isInstanceOf(PublishedKeys.Trust.Refused.class);
    assertThat(calls)
        .extracting(KeyFetcher.Call::toString)
        .containsExactly(
            "POST https://login.bol.com/token?grant_type=client_credentials",
            "GET https://api.bol.com/retailer/subscriptions/signature-keys");
    assertThat(calls.getFirst().headers().first("Authorization"))
        .isEqualTo("Basic Y2xpZW50OnNlOmNyZXQ=");
    assertThat(calls.getLast().headers().first("Authorization")).isEqualTo("Bearer abc.def");
    assertThat(calls.getLast().headers().first("Accept"))
        .isEqualTo("application/vnd.retailer.v10+json");
  }

  @Test
  void answers_of_another_form_leave_it_undecided_and_tell_no_secret() {
    for (PublishedKeys.Lookup lookup :
        List.of(
            lookup("{}", KEYS),
            lookup("{\"access_token\":\"a b\"}", KEYS),
            lookup(TOKEN, "{\"signatureKeys\":[]}"),
            lookup(TOKEN, KEYS.replace("MII", "ABC")))) {
      calls.clear();
      assertThat(lookup.find("0", NOW))
          .isInstanceOfSatisfying(
              PublishedKeys.Trust.Unavailable.class,
              unavailable -> assertThat(unavailable.detail()).doesNotContain("cret", "abc.def"));
    }
  }

  @Test
  void a_public_key_as_the_secret_fetches_nothing() {
    RemoteKeys remote =
        new RemoteKeys(call -> {
          throw new IOException("nothing is to be fetched");
        });
    for (String key : List.of(TestingKeys.RSA_PUBLIC, TestingKeys.bare(TestingKeys.RSA_PUBLIC))) {
      assertThat(BolKeys.INSTANCE.lookups(List.of(key), remote).getFirst().find("7", NOW))
          .isInstanceOf(PublishedKeys.Trust.Keys.class);
    }
    for (String neither : List.of("client", ":secret", "client:", "cli ent:secret")) {
      assertThatThrownBy(() -> BolKeys.INSTANCE.lookups(List.of(neither), remote))
          .isInstanceOf(InvalidSecret.class)
          .message()
          .doesNotContain(neither);
    }
  }
}
