package dev.boathook.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HttpHeaderTest {
  private static final Pattern TOKEN = Pattern.compile("[a-zA-Z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\xa0-\\xff]*");

  @Test
  void every_character_is_taken_or_refused_as_in_rfc_9110_wherever_it_stands() {
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      for (String text : new String[] {"" + (char) c, "a" + (char) c, (char) c + "a"}) {
        assertThat(HttpHeader.isName(text)).isEqualTo(TOKEN.matcher(text).matches());
        assertThat(HttpHeader.isValue(text)).isEqualTo(VALUE.matcher(text).matches());
      }
    }
  }

  @Test
  void a_value_may_be_empty_and_a_name_may_not() {
    assertThat(HttpHeader.isName("")).isFalse();
    assertThat(HttpHeader.isValue("")).isTrue();
  }
}
