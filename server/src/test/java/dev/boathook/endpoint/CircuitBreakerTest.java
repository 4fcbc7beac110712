package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CircuitBreakerTest {
  @Test
  void no_failures_turn_it_off() {
    assertThat(breaker(0, 1, 1).isOn()).isFalse();
    assertThat(breaker(1, 1, 1).isOn()).isTrue();
    assertThat(CircuitBreaker.DEFAULT.isOn()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1000, 3600000, 3600000", "0, 1, 3600000"})
  void the_limits_themselves_are_allowed(int failures, long firstMillis, long maxMillis) {
    assertThat(breaker(failures, firstMillis, maxMillis).failures()).isEqualTo(failures);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1, 1, after 0 to 1000 failures",
    "1001, 1, 1, after 0 to 1000 failures",
    "1, 0, 1, at most 3600 seconds",
    "1, -1, 1, at most 3600 seconds",
    "1, 1, 3600001, at most 3600 seconds",
    "1, 2, 1, longer at first than at most",
    "0, 2, 1, longer at first than at most"
  })
  void what_is_out_of_bounds_is_refused(int failures, long first, long max, String message) {
    assertThatThrownBy(() -> breaker(failures, first, max)).hasMessageContaining(message);
  }

  private static CircuitBreaker breaker(int failures, long firstMillis, long maxMillis) {
    return new CircuitBreaker(
        failures, Duration.ofMillis(firstMillis), Duration.ofMillis(maxMillis));
  }
}
