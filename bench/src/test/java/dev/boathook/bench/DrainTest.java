package dev.boathook.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.bench.receiver.CountingReceiver;
import dev.boathook.bench.subject.Usage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DrainTest {
  private static final Usage NOTHING_USED = new Usage(0, 0, Duration.ZERO, Duration.ZERO);

  @Test
  void what_was_wanted_and_did_not_come_is_missing() throws Exception {
    try (CountingReceiver receiver = CountingReceiver.start()) {
      Drain drain = Drain.ended(3, 3, receiver, NOTHING_USED);

      assertThat(drain.counts().missing()).isEqualTo(3);
      assertThat(drain.counts().withStored(3).isSound()).isFalse();
    }
  }

  @Test
  void of_what_did_not_drain_there_is_no_figure() throws Exception {
    try (CountingReceiver receiver = CountingReceiver.start()) {
      Drain drain = Drain.ended(0, 0, receiver, NOTHING_USED);

      assertThatThrownBy(drain::perSecond).isInstanceOf(IllegalStateException.class);
    }
  }
}
