package dev.boathook.bench.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdSetTest {
  @Test
  void it_knows_what_a_set_knows_also_when_it_has_grown() {
    Random random = new Random(5);
    Set<String> expected = new HashSet<>();
    IdSet ids = new IdSet();
    int differences = 0;
    for (int i = 0; i < 600_000; i++) {
      // Close together as those of one millisecond, and one in some has come before.
      long high = i / 1_000;
      long low = random.nextInt(2_000);
      if (ids.add(high, low) != expected.add(high + " " + low)) {
        differences++;
      }
    }
    assertThat(differences).isZero();
    assertThat(ids.size()).isEqualTo(expected.size()).isLessThan(600_000).isGreaterThan(400_000);
  }

  @Test
  void the_id_of_zeros_is_an_id() {
    IdSet ids = new IdSet();
    assertThat(ids.add(0, 0)).isTrue();
    assertThat(ids.add(0, 0)).isFalse();
    assertThat(ids.size()).isEqualTo(1);
  }
}
