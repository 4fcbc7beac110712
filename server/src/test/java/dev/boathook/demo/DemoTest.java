package dev.boathook.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Main;
import dev.boathook.world.World;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The whole demo, its server a real process. */
class DemoTest {
  @Test
  void every_promise_is_kept() throws Exception {
    Ran ran = run(arrival -> true);

    assertThat(ran.output()).contains(" 0 broken, ").doesNotContain("✗", "\u001b", "tidying");
    assertThat(ran.status()).as(ran.output()).isZero();
    assertThat(ran.output().lines()).allMatch(line -> line.length() <= Timeline.MAX_COLUMNS);
  }

  @Test
  void one_request_that_is_nowhere_to_be_found_is_a_broken_promise() throws Exception {
    AtomicBoolean forgotten = new AtomicBoolean();

    Ran ran = run(arrival -> !arrival.path().equals("/invoices") || forgotten.getAndSet(true));

    assertThat(ran.output())
        .containsPattern("✗ .* all delivered +199 of 200")
        .contains("expected lost events 0; it was 1")
        .contains("The server's last lines");
    assertThat(ran.status()).as(ran.output()).isEqualTo(1);
  }

  private static Ran run(Predicate<Arrival> remembers) throws IOException, InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    Path folder;
    int status;
    try (Demo demo = new Demo(World.system(), Main.class.getName(), out, false, remembers)) {
      folder = demo.folder();
      status = demo.run();
      assertThat(folder).isDirectory();
    }
    assertThat(Files.exists(folder)).as("%s is left", folder).isFalse();
    return new Ran(status, bytes.toString(UTF_8));
  }

  private record Ran(int status, String output) {}
}
