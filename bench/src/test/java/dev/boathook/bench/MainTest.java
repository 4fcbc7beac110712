package dev.boathook.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Machine;
import dev.boathook.bench.report.Result;
import dev.boathook.bench.report.Unit;
import dev.boathook.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {
  private static final Path LAUNCHER = Path.of("boathook");
  private static final Machine MACHINE =
      new Machine(2, "Processor", 8L << 30, "Linux 6.1 (amd64)", "ext4", "25 (Vendor)", "18.6");
  private static final Figure MISSED =
      new Figure("a.b", "A", Unit.PER_SECOND, 1, 2.0, 0.5, List.of(Goal.ratioAtLeast(0.8)));

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<Options> asked = new ArrayList<>();
  private final List<String> ran = new ArrayList<>();
  private final List<Site> sites = new ArrayList<>();
  private Counts counts = new Counts(10, 0, 10, 10, 0, 0);
  private boolean broken;
  private Runnable stopper = () -> {};

  @Test
  void everything_is_measured_with_the_defaults() {
    assertThat(run()).isZero();

    assertThat(ran).containsExactly("accept", "deliver", "start");
    assertThat(asked.getFirst())
        .isEqualTo(
            new Options(
                LAUNCHER,
                List.of("accept", "deliver", "start"),
                new Conditions(5, 64, 5, false),
                false));
  }

  @Test
  void what_is_named_is_measured_in_the_order_of_all() {
    assertThat(run("start", "accept")).isZero();

    assertThat(ran).containsExactly("accept", "start");
  }

  @Test
  void all_is_a_name_too() {
    assertThat(run("all")).isZero();

    assertThat(ran).containsExactly("accept", "deliver", "start");
  }

  @Test
  void numbers_are_taken() {
    assertThat(run("accept", "--seconds", "7", "--connections=3", "--rounds", "2", "--json"))
        .isZero();

    assertThat(asked)
        .containsExactly(
            new Options(LAUNCHER, List.of("accept"), new Conditions(7, 3, 2, false), true));
  }

  @Test
  void a_smoke_test_is_short_unless_something_else_is_said() {
    assertThat(run("--smoke", "--connections", "4")).isZero();

    assertThat(asked.getFirst().conditions()).isEqualTo(new Conditions(1, 4, 1, true));
  }

  @Test
  void help_goes_to_the_output() {
    assertThat(run("--help")).isZero();

    assertThat(out.toString(UTF_8))
        .startsWith("Usage: boathook bench")
        .contains("accept, deliver, start");
    assertThat(err.toString(UTF_8)).isEmpty();
    assertThat(ran).isEmpty();
  }

  @Test
  void an_unknown_measurement_is_wrong_usage() {
    assertThat(run("acept")).isEqualTo(2);

    assertThat(err.toString(UTF_8))
        .startsWith(
            "boathook bench: no measurement 'acept'; there are accept, deliver, start, all\n\n"
                + "Usage: boathook bench");
    assertThat(ran).isEmpty();
  }

  @Test
  void numbers_out_of_bounds_are_wrong_usage() {
    assertThat(List.of(run("--seconds", "0"), run("--connections", "1025"), run("--rounds", "x")))
        .containsOnly(2);

    assertThat(err.toString(UTF_8))
        .contains("boathook bench: --seconds is 1 to 3600\n")
        .contains("boathook bench: --connections is 1 to 1024\n")
        .contains("'--rounds'");
    assertThat(out.toString(UTF_8)).isEmpty();
    assertThat(ran).isEmpty();
  }

  @Test
  void an_unknown_option_is_wrong_usage() {
    assertThat(run("--fast")).isEqualTo(2);
    assertThat(ran).isEmpty();
  }

  @Test
  void a_missed_goal_is_shown_and_is_no_failure() {
    assertThat(run("accept")).isZero();

    assertThat(out.toString(UTF_8)).contains("✗ ratio ≥ 0.80").contains("0 of 1 goals reached.");
  }

  @Test
  void events_that_are_not_in_the_store_are_a_failure() {
    counts = new Counts(10, 0, 9, 10, 0, 0);

    assertThat(run("accept")).isEqualTo(1);

    assertThat(out.toString(UTF_8))
        .contains("✗ 10 accepted, 0 refused, 9 stored")
        .contains("NOT SOUND");
  }

  @Test
  void deliveries_that_came_twice_or_never_are_a_failure() {
    counts = new Counts(10, 0, 10, 10, 1, 0);
    assertThat(run("accept")).isEqualTo(1);

    counts = new Counts(10, 0, 10, 9, 0, 1);
    assertThat(run("accept")).isEqualTo(1);
  }

  @Test
  void a_measurement_that_fails_is_a_failure_and_the_others_are_told() {
    broken = true;

    assertThat(run()).isEqualTo(1);

    assertThat(ran).containsExactly("accept", "deliver", "start");
    assertThat(out.toString(UTF_8))
        .contains("✗ failed: java.io.IOException: no; none")
        .contains("10 accepted");
    assertThat(sites).allSatisfy(site -> assertThat(site.root()).doesNotExist());
  }

  @Test
  void only_the_report_is_printed_to_the_output() {
    assertThat(run("accept", "--json")).isZero();

    assertThat(out.toString(UTF_8)).startsWith("{\n").endsWith("}\n");
    assertThat(err.toString(UTF_8)).isEqualTo("accept: at work\n");
  }

  @Test
  void the_machine_is_told_with_its_store() throws Exception {
    try (Site site = new Site("machine", new PrintStream(err, false, UTF_8))) {
      Machine machine = Main.thisMachine(site);

      assertThat(machine.processors()).isEqualTo(Runtime.getRuntime().availableProcessors());
      assertThat(machine.memoryBytes()).isGreaterThan(Runtime.getRuntime().maxMemory());
      assertThat(machine.jdk()).startsWith(System.getProperty("java.version"));
      assertThat(machine.postgresql()).matches("\\d+\\.\\d+.*");
      assertThat(List.of(machine.processor(), machine.os(), machine.fileSystem()))
          .doesNotContain("");
    }
  }

  @Test
  void whoever_stops_it_gets_no_report_and_leaves_nothing() {
    Measurement stopping =
        new Measurement() {
          @Override
          public String name() {
            return "accept";
          }

          @Override
          public Result run(Options options, Site site) throws IOException {
            sites.add(site);
            stopper.run();
            site.folder("late");
            throw new IllegalStateException("a stopped site gave a folder");
          }
        };
    Main main = main(List.of(stopping, measurement("deliver")));
    stopper = main::stop;

    assertThat(main.run()).isEqualTo(1);

    assertThat(out.toString(UTF_8)).isEmpty();
    assertThat(err.toString(UTF_8)).isEmpty();
    assertThat(ran).isEmpty();
    assertThat(sites).hasSize(1);
    assertThat(sites.getFirst().root()).doesNotExist();
  }

  private int run(String... arguments) {
    return main(List.of(measurement("accept"), measurement("deliver"), measurement("start")))
        .run(arguments);
  }

  private Main main(List<Measurement> measurements) {
    Terminal terminal =
        new Terminal(
            InputStream.nullInputStream(),
            new PrintStream(out, false, UTF_8),
            new PrintStream(err, false, UTF_8));
    return new Main(LAUNCHER, measurements, site -> MACHINE, terminal);
  }

  private Measurement measurement(String name) {
    return new Measurement() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Result run(Options options, Site site) throws IOException {
        ran.add(name);
        asked.add(options);
        sites.add(site);
        site.say("at work");
        if (broken && name.equals("deliver")) {
          throw new IOException("no\n none");
        }
        return new Result(name, List.of(MISSED), counts, List.of());
      }
    };
  }
}
