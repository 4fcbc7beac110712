package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EngineLimitsTest {
  @Test
  void of_a_small_heap_a_tenth_each_is_for_what_is_held_and_what_is_out() {
    EngineLimits limits = EngineLimits.forHeap(64L << 20);

    assertThat(limits.maxBusyBytes()).isEqualTo(6_710_886);
    assertThat(limits.maxHeldBytes()).isEqualTo(6_710_886);
    assertThat(limits.maxHeld()).isEqualTo(6_553);
    assertThat(limits.loadedEventBytes()).isEqualTo(504);
    assertThat(limits)
        .usingRecursiveComparison()
        .ignoringFields("maxBusyBytes", "maxHeldBytes", "maxHeld", "loadedEventBytes")
        .isEqualTo(EngineLimits.DEFAULT);
  }

  @Test
  void a_heap_of_a_gibibyte_has_the_usual_limits_and_a_larger_one_no_larger_ones() {
    assertThat(EngineLimits.forHeap(1L << 30)).isEqualTo(EngineLimits.DEFAULT);
    assertThat(EngineLimits.forHeap(16L << 30)).isEqualTo(EngineLimits.DEFAULT);
  }
}
