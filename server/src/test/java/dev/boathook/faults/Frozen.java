package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A process with all its children, stopped by SIGSTOP until this is closed. */
final class Frozen implements AutoCloseable {
  private final List<String> pids;

  private Frozen(List<String> pids) {
    this.pids = pids;
  }

  /** Stops the parent first, so that it has no new children while they are listed. */
  static Frozen of(ProcessHandle parent) throws IOException {
    signal("-STOP", List.of(Long.toString(parent.pid())));
    List<String> pids =
        // The parent last: let go first, it would clear away a child that had ended meanwhile.
        Stream.concat(parent.descendants(), Stream.of(parent))
            .map(process -> Long.toString(process.pid()))
            .toList();
    signal("-STOP", pids);
    return new Frozen(pids);
  }

  private static void signal(String signal, List<String> pids) throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c"));
    command.add("kill " + signal + " " + String.join(" ", pids));
    assertThat(new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue())
        .isZero();
  }

  @Override
  public void close() throws IOException {
    signal("-CONT", pids);
  }
}
