package dev.boathook.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.world.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** Many histories, in each of which every promise is kept. */
class SimulationTest {
  private static final int SEEDS = 1_000;

  @Test
  void every_promise_is_kept_in_a_thousand_histories() throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Simulation simulation =
        new Simulation(
            SEEDS,
            1,
            Integer.MAX_VALUE,
            Runtime.getRuntime().availableProcessors(),
            Ticker.system(),
            new PrintStream(out, false, UTF_8));

    boolean kept = simulation.run();

    assertThat(kept).as(out.toString(UTF_8)).isTrue();
    assertThat(out.toString(UTF_8).lines().toList().getLast())
        .startsWith(SEEDS + " histories, ")
        .endsWith(" faults: 0 lost, 0 out of order, 0 duplicated without cause, 0 stuck");
  }

  @Test
  void a_seed_decides_everything() {
    Plan plan = Plan.of(42, Integer.MAX_VALUE);

    History.Result once = History.live(plan, true);
    History.Result again = History.live(Plan.of(42, Integer.MAX_VALUE), true);

    assertThat(again).isEqualTo(once);
    assertThat(once.diary()).isNotEmpty();
  }
}
