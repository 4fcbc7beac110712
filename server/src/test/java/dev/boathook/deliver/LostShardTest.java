package dev.boathook.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.TestingDoor;
import dev.boathook.TestingReceiver;
import dev.boathook.store.TestingDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that loses its shards while it works. */
@Timeout(60)
class LostShardTest {
  @Test
  void an_attempt_whose_event_is_read_after_the_shard_was_lost_is_left_to_the_next_holder(
      @TempDir Path folder) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (TestingReceiver receiver = TestingReceiver.start();
        TestingDoor door = TestingDoor.open(TestingDatabase.freshDatabase(), folder)) {
      receiver.answer(received -> asked.getAndIncrement() == 0 ? 500 : 204);
      door.endpoint(receiver.url("/"), "t", List.of(Duration.ZERO, Duration.ofSeconds(1)), 8);
      var _ = door.acceptor().accept(door.offer("t", null, "once more"));
      await(door, "SELECT attempts FROM delivery", "1");
      try (Connection _ = door.hold("LOCK TABLE event")) {
        await(door, "SELECT least(1, count(*)) FROM pg_locks WHERE NOT granted", "1");
        assertThat(door.query("DELETE FROM node RETURNING 1")).containsExactly("1");
        await(door, "SELECT count(*) FROM shard JOIN node USING (nonce)", "256");
      }
      await(door, "SELECT state FROM delivery", "delivered");
      Eventually.until(() -> door.busy() == 0);
      assertThat(receiver.received()).as("the first try, and the second once").hasSize(2);
    }
  }

  private static void await(TestingDoor door, String query, String answer) throws Exception {
    Eventually.until(() -> door.query(query).equals(List.of(answer)));
  }
}
