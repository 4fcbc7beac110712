package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenericTest {

  @Test
  void basic_wants_a_user_and_a_password() {
    Provider basic = Providers.named("basic");
    for (String secret : List.of("password", ":password")) {
      assertThatThrownBy(() -> basic.verifier(List.of("user:password", secret)))
          .isInstanceOf(InvalidSecret.class)
          .hasMessage("secret 2 is not user:password");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "telegram, X-Telegram-Bot-Api-Secret-Token",
    "gitlab, X-Gitlab-Token",
    "token, Authorization"
  })
  void a_token_that_no_header_can_hold_is_refused(String name, String header) {
    Map<String, String> settings =
        name.equals("token") ? Map.of("header", header, "prefix", "Bearer ") : Map.of();
    Provider provider = Providers.named(name, settings);
    for (String secret : List.of("gr\u00fcn", "\u20ac", "a\tb")) {
      String message = "secret 2 holds other than printable ASCII, which cannot stand in " + header;
      assertThatThrownBy(() -> provider.verifier(List.of("green one", secret)))
          .isInstanceOf(InvalidSecret.class)
          .hasMessage(message);
      assertThatThrownBy(() -> provider.signer(secret))
          .isInstanceOf(InvalidSecret.class)
          .hasMessageContaining("printable ASCII");
    }
  }

  @Test
  void a_token_that_no_header_can_hold_may_stand_elsewhere() {
    WebhookRequest request = Requests.post("{}");
    for (Provider provider :
        List.of(Providers.named("cloudevents"), Providers.named("token", Map.of("query", "t")))) {
      WebhookRequest sent =
          provider.signer("gr\u00fcn").sign(request, new SigningContext("1", Instant.EPOCH));
      assertThat(provider.verifier(List.of("gr\u00fcn")).verify(sent, Instant.EPOCH))
          .isEqualTo(new Verdict.Unsigned(OptionalInt.of(0)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "?token=s3cret&a=1&b=%C3%BC, a=1&b=%C3%BC",
        "?a=1&t%6Fken=s3cret&b, a=1&b",
        "?a=1&token=s3cret, a=1",
        "?token=s3cret, \"\"",
        "?a=token&mytoken=1&%zz=1&token=s3cret, a=token&mytoken=1&%zz=1"
      })
  void a_token_in_the_query_is_no_part_of_the_event_of_a_get(String query, String body) {
    for (String name : List.of("token", "jenkins")) {
      Map<String, String> settings = name.equals("token") ? Map.of("query", "token") : Map.of();
      Provider provider = Providers.named(name, settings);
      WebhookRequest request =
          new WebhookRequest(
              "GET", "https://hooks.example.com/in/abc" + query, Headers.of(), new byte[0]);
      assertThat(provider.verifier(List.of("s3cret")).verify(request, Instant.EPOCH))
          .isEqualTo(new Verdict.Unsigned(OptionalInt.of(0)));
      assertThat(Requests.read(provider, request))
          .isInstanceOfSatisfying(
              Reading.Batch.class,
              batch -> assertThat(batch.items().getFirst().body()).asString().isEqualTo(body));
    }
  }

  @ParameterizedTest
  @CsvSource({"n8n", "none", "jenkins"})
  void gets_without_an_id_are_told_apart_by_their_queries(String name) {
    List<@Nullable String> keys = new ArrayList<>();
    for (String query : List.of("?a=1&token=s", "?a=2&token=s", "?a=1&token=s")) {
      WebhookRequest request =
          new WebhookRequest(
              "GET", "https://hooks.example.com/in/abc" + query, Headers.of(), new byte[0]);
      assertThat(Requests.read(Providers.named(name), request))
          .isInstanceOfSatisfying(
              Reading.Batch.class,
              batch -> keys.add(batch.items().getFirst().envelope().dedupeKey()));
    }
    assertThat(keys.get(0)).startsWith("sha256:").isEqualTo(keys.get(2)).isNotEqualTo(keys.get(1));
  }

  @Test
  void none_wants_no_secret() {
    assertThatThrownBy(() -> Providers.named("none").verifier(List.of("secret")))
        .isInstanceOf(InvalidSecret.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "header=X,query=key | 'query' is of no use beside another place, or a prefix",
        "query=key,json=/token | 'query' is of no use beside another place, or a prefix",
        "prefix=Bearer,json=/token | 'json' is of no use beside another place, or a prefix",
        "query=a b | 'query' is not a name of letters",
        "json=token | 'json' is not a pointer",
        "prefix= | 'prefix' is empty or holds",
        "colour=red | token has no setting 'colour'",
      })
  void wrong_settings_of_a_token_are_explained(String settings, String message) {
    Map<String, String> map = new HashMap<>();
    for (String setting : settings.split(",", -1)) {
      map.put(setting.substring(0, setting.indexOf('=')), setting.replaceFirst(".*?=", ""));
    }
    assertThatThrownBy(() -> Providers.named("token", map))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining(message);
  }
}
