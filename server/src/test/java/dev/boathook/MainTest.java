package dev.boathook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own. */
class MainTest {
  @TempDir Path folder;

  @Test
  void status_and_output_of_a_command_are_those_of_the_process() throws Exception {
    Ran signed = run(List.of(), "sign", "github", "--secret", "s");
    assertThat(signed.err()).isEmpty();
    assertThat(signed.out()).startsWith("X-Hub-Signature-256: sha256=").hasLineCount(1);
    assertThat(signed.status()).isZero();

    Ran rejected = run(List.of(), "verify", "github", "--secret", "t", "-H", signed.out().strip());
    assertThat(rejected.out()).startsWith("rejected: ");
    assertThat(rejected.status()).isEqualTo(1);

    Ran wrong = run(List.of(), "verify");
    assertThat(wrong.err()).startsWith("boathook: Missing required");
    assertThat(wrong.out()).isEmpty();
    assertThat(wrong.status()).isEqualTo(2);
  }

  @Test
  void a_command_that_opens_connections_prints_nothing_of_the_libraries() throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start()) {
      String url = receiver.url("/");
      Ran sent = run(List.of(), "trigger", "stripe", "--to", url, "--secret", "s");

      assertThat(sent.err()).isEmpty();
      assertThat(sent.out()).startsWith("204 in ").hasLineCount(1);
      assertThat(sent.status()).isZero();
    }
  }

  @Test
  void a_command_that_only_prints_loads_nothing_of_the_server() throws Exception {
    Path loaded = folder.resolve("loaded");

    run(List.of("-Xlog:class+load:file=" + loaded), "verify", "github", "--secret", "s");

    assertThat(Files.readString(loaded))
        .contains("dev.boathook.cli.VerifyCommand ")
        .doesNotContain(
            "ch.qos.logback", "org.slf4j", "io.helidon", "tools.jackson", "org.postgresql");
  }

  private Ran run(List<String> javaFlags, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(javaFlags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("BOATHOOK_"));
    int status = builder.start().waitFor();
    return new Ran(status, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  private record Ran(int status, String out, String err) {}
}
