package dev.boathook.bench.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkplaceTest {
  @TempDir private Path parent;

  @Test
  void what_is_kept_is_closed_newest_first_and_the_folder_is_gone() throws Exception {
    List<String> closed = new ArrayList<>();
    Workplace workplace = Workplace.in(parent.resolve("made"));
    Files.createDirectories(workplace.folder("a").resolve("deep"));
    workplace.keep(() -> closed.add("first"));
    workplace.keep(() -> {
      throw new IllegalStateException("stuck");
    });
    workplace.keep(() -> closed.add("last"));

    assertThatThrownBy(workplace::close)
        .isInstanceOf(IOException.class)
        .hasSuppressedException(new IllegalStateException("stuck"));
    assertThat(closed).containsExactly("last", "first");
    assertThat(parent.resolve("made")).isEmptyDirectory();
    assertThatThrownBy(() -> workplace.keep(() -> closed.add("late")))
        .isInstanceOf(IOException.class);
    assertThat(closed).containsExactly("last", "first", "late");
  }

  @Test
  void nothing_is_left_when_the_process_is_told_to_end() throws Exception {
    List<String> command = new ArrayList<>(Child.java());
    command.addAll(List.of(Running.class.getName(), parent.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<ProcessHandle> running;
    try {
      assertThat(process.inputReader().readLine()).isEqualTo("running");
      running = process.descendants().toList();
      assertThat(running).hasSizeGreaterThan(1);
      assertThat(parent).isNotEmptyDirectory();
      process.destroy();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    assertThat(running).noneMatch(ProcessHandle::isAlive);
    assertThat(parent).isEmptyDirectory();
  }

  /** A process with a store that it keeps and a child that it does not. */
  static final class Running {
    private Running() {}

    public static void main(String[] args) throws Exception {
      Workplace workplace = Workplace.in(Path.of(args[0]));
      workplace.keep(Store.start(workplace.folder("store")));
      Process unknown = new ProcessBuilder("sleep", "600").start();
      System.out.println("running");
      unknown.waitFor();
    }
  }
}
