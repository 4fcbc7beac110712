package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
