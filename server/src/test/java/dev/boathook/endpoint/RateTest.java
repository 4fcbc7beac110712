package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTest {
  @ParameterizedTest
  @CsvSource({"0.001, 1", "0.5, 1", "1, 1", "1.5, 2", "250, 250", "10000, 10000"})
  void a_burst_of_which_nothing_is_said_is_one_second_s_worth(double perSecond, int burst) {
    assertThat(Rate.of(perSecond)).isEqualTo(new Rate(perSecond, burst));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "0.0009, 1",
    "-1, 1",
    "10000.1, 1",
    "NaN, 1",
    "Infinity, 1",
    "1, 0",
    "1, -1",
    "1, 10001"
  })
  void rates_out_of_bounds_are_refused(double perSecond, int burst) {
    assertThatThrownBy(() -> new Rate(perSecond, burst))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"0", "NaN", "10001"})
  void a_rate_out_of_bounds_is_refused_without_a_burst_too(double perSecond) {
    assertThatThrownBy(() -> Rate.of(perSecond)).hasMessageStartingWith("a rate is ");
  }
}
