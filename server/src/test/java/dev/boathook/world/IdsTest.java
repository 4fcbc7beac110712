package dev.boathook.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class IdsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final Ids ids = new Ids(now::get, new SecureRandom());

  @Test
  void an_id_is_a_version_7_uuid_of_its_millisecond() {
    UUID id = ids.next();

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NOON.toEpochMilli());
  }

  @Test
  void ids_rise_while_the_clock_stands_still_and_when_it_is_set_back() {
    String last = ids.next().toString();
    for (int i = 0; i < 10_000; i++) {
      if (i == 5_000) {
        now.set(NOON.minusSeconds(3_600));
      }
      String next = ids.next().toString();
      assertThat(next).isGreaterThan(last);
      last = next;
    }
  }
}
