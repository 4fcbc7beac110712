package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DeliveryStateTest {
  private static final Pattern ARROW = Pattern.compile("(?m)^ +(\\w+) --> (\\w+)");

  /** The diagram in ARCHITECTURE.md is what people read: it must be the table that the code has. */
  @Test
  void the_diagram_shows_the_transitions_of_the_table_and_no_others() throws IOException {
    Set<String> table = new TreeSet<>();
    for (DeliveryState from : DeliveryState.values()) {
      for (DeliveryState to : DeliveryState.values()) {
        if (from.mayBecome(to)) {
          table.add(from.code() + " --> " + to.code());
        }
      }
    }
    Set<String> diagram = new TreeSet<>();
    Matcher arrow = ARROW.matcher(Files.readString(Path.of("../ARCHITECTURE.md")));
    while (arrow.find()) {
      diagram.add(arrow.group(1) + " --> " + arrow.group(2));
    }

    assertThat(diagram).isEqualTo(table);
  }
}
