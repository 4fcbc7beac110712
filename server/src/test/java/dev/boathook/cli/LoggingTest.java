package dev.boathook.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.boathook.config.Settings.LogFormat;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoggingTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final LoggerContext context = new LoggerContext();

  LoggingTest() {
    context.setMDCAdapter(new LogbackMDCAdapter()); // The context of a process has one.
  }

  @Test
  void text_is_one_line_with_time_level_short_name_and_message() {
    Logging.configure(context, LogFormat.TEXT, out);

    context.getLogger("dev.boathook.accept.Acceptor").info("took {}\nforged line", 3);

    assertThat(lines())
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  Acceptor:"
                + " took 3 \\| forged line\\R");
  }

  @Test
  void json_is_one_object_a_line() {
    Logging.configure(context, LogFormat.JSON, out);

    context
        .getLogger("dev.boathook.accept.Acceptor")
        .warn("a \"quoted\"\nline", new IllegalStateException("why"));

    assertThat(lines().lines()).hasSize(1);
    JsonNode line = JsonMapper.shared().readTree(lines());
    assertThat(Instant.parse(line.get("time").asString())).isNotNull();
    assertThat(line.get("level").asString()).isEqualTo("WARN");
    assertThat(line.get("loggerName").asString()).isEqualTo("dev.boathook.accept.Acceptor");
    assertThat(line.get("message").asString()).isEqualTo("a \"quoted\"\nline");
    assertThat(line.get("throwable").get("message").asString()).isEqualTo("why");
  }

  @Test
  void libraries_are_heard_from_warn_and_we_from_info() {
    Logging.configure(context, LogFormat.TEXT, out);

    context.getLogger("io.helidon").info("no");
    context.getLogger("io.helidon").warn("yes");
    context.getLogger("dev.boathook").debug("no");
    context.getLogger("dev.boathook").info("yes");

    assertThat(lines()).doesNotContain(": no").hasLineCount(2);
  }

  @Test
  void a_stream_is_not_closed_when_logging_begins_anew() {
    PrintStream stream = new PrintStream(out, false, UTF_8);
    Logging.configure(context, LogFormat.TEXT, stream);
    Logging.configure(context, LogFormat.TEXT, stream);

    stream.print("still open");
    stream.flush();

    assertThat(lines()).isEqualTo("still open");
  }

  private String lines() {
    return out.toString(UTF_8);
  }
}
