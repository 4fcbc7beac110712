package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the type of an update is found. */
class TelegramTest {
  private static final Provider TELEGRAM = Providers.named("telegram");

  private static String type(String update) {
    return Requests.envelope(Requests.read(TELEGRAM, Requests.post(update))).type();
  }

  @Test
  void the_type_is_the_member_beside_the_id_whatever_it_is_called() {
    assertThat(type("{\"update_id\":1,\"guest_message\":{\"id\":1}}")).isEqualTo("guest_message");
    assertThat(type("{\"poll\":{\"id\":\"5\"},\"update_id\":1}")).isEqualTo("poll");
    assertThat(type("{\"update_\\u0069d\":1,\"m\\u0065ssage\":{}}")).isEqualTo("message");
  }

  @Test
  void without_one_there_is_no_type() {
    for (String update :
        List.of("{\"update_id\":1}", "{}", "[{\"message\":{}}]", "{\"message\":{}", "x", "")) {
      assertThat(type(update)).isEqualTo(Envelope.UNKNOWN_TYPE);
    }
  }

  @Test
  void only_so_many_names_of_members_are_read_and_none_from_further_inside() {
    assertThat(names("{\"a\":{\"b\":1},\"c\":[{\"d\":1}]}")).containsExactly("a", "c");
    String many = "{" + "\"x\":1,".repeat(99) + "\"x\":1}";
    assertThat(names(many)).hasSize(JsonScanner.MAX_MEMBER_NAMES);
  }

  private static List<String> names(String document) {
    return JsonScanner.memberNames(document.getBytes(StandardCharsets.UTF_8));
  }
}
