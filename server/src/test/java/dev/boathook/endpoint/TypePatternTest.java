package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypePatternTest {
  @ParameterizedTest
  @CsvSource({
    "*, invoice.paid, true",
    "invoice.paid, invoice.paid, true",
    "invoice.paid, invoice.paid.late, false",
    "invoice.paid, Invoice.paid, false",
    "invoice.*, invoice.paid, true",
    "invoice.*, invoice.paid.late, true",
    "invoice.*, invoice, false",
    "*.created, order.created, true",
    "*.created, order.created.again, false",
    "a*b*c, a-b-b-c, true",
    "a*b*c, a-c-b, false",
    "orders/*, orders/create, true",
    "**, anything, true",
    "a*, a, true",
  })
  void a_star_stands_for_any_run_of_characters(String pattern, String type, boolean matches) {
    assertThat(new TypePattern(pattern).matches(type)).isEqualTo(matches);
  }

  @Test
  void matching_the_worst_pattern_and_type_is_quick() {
    TypePattern worst = new TypePattern("*a*a*a*a*a*a*a" + "b");
    String type = "a".repeat(255);

    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(1), () -> assertThat(worst.matches(type)).isFalse());
  }

  @Test
  void an_empty_an_overlong_and_an_all_too_wild_pattern_are_refused() {
    assertThatThrownBy(() -> new TypePattern("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TypePattern("x".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TypePattern("*".repeat(9)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
