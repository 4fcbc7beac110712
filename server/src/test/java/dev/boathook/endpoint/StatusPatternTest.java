package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusPatternTest {
  @Test
  void one_status_is_that_one_and_a_class_is_all_of_it() {
    for (int status = 100; status <= 599; status++) {
      assertThat(new StatusPattern("404").matches(status)).isEqualTo(status == 404);
      assertThat(new StatusPattern("4xx").matches(status))
          .isEqualTo(status >= 400 && status <= 499);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "4", "40", "4040", "4x", "4x4", "4XX", "xxx", "*", "200", "2xx", "199", "600", "6xx",
        " 404", "404\n", "٤٠٤"
      })
  void success_and_what_is_no_status_cannot_be_named(String text) {
    assertThatThrownBy(() -> new StatusPattern(text))
        .hasMessage("a status is 300 to 599, or 3xx, 4xx or 5xx");
  }
}
