package dev.boathook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadlocksTest {
  private final AtomicInteger tries = new AtomicInteger();

  private int failing(int times, String state) throws SQLException {
    if (tries.incrementAndGet() <= times) {
      throw new SQLException("no", state);
    }
    return tries.get();
  }

  @Test
  void a_transaction_that_ends_in_a_deadlock_is_tried_again() throws Exception {
    assertThat(Deadlocks.retried(() -> failing(2, "40P01"))).isEqualTo(3);
  }

  @Test
  void it_is_not_tried_for_ever() {
    assertThatThrownBy(() -> Deadlocks.retried(() -> failing(3, "40P01")))
        .isInstanceOf(SQLException.class);
    assertThat(tries).hasValue(3);
  }

  @Test
  void another_failure_is_final() {
    assertThatThrownBy(() -> Deadlocks.retried(() -> failing(1, "57014")))
        .isInstanceOf(SQLException.class);
    assertThat(tries).hasValue(1);
  }
}
