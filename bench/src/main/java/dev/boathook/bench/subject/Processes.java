package dev.boathook.bench.subject;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What processes have used, as Linux tells it in {@code /proc} and the JDK everywhere. */
final class Processes {
  /** Of {@code /proc/PID/stat} after the name of the program: see proc_pid_stat(5). */
  private static final int CHILDREN_USER_TICKS = 13;

  private static final int CHILDREN_SYSTEM_TICKS = 14;

  /** Linux counts so towards programs on every machine. */
  private static final int MILLIS_A_TICK = 10;

  private static final int BYTES_A_KIBIBYTE = 1_024;

  private Processes() {}

  /** The processor time of one that lives. */
  static Duration cpu(ProcessHandle process) {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(() -> new IllegalStateException("process " + process.pid() + " has ended"));
  }

  /**
   * The processor time of one and all that it has started. Of those that have ended only Linux
   * tells, and of these not the ones that ended while this looked.
   */
  static Duration cpuOfTree(ProcessHandle root) throws IOException {
    Duration sum = cpuOfEnded(root.pid());
    for (ProcessHandle process : Stream.concat(Stream.of(root), root.descendants()).toList()) {
      sum = sum.plus(process.info().totalCpuDuration().orElse(Duration.ZERO));
    }
    return sum;
  }

  private static Duration cpuOfEnded(long pid) throws IOException {
    Path file = Path.of("/proc", Long.toString(pid), "stat");
    if (!Files.exists(file)) {
      return Duration.ZERO;
    }
    String stat = Files.readString(file, ISO_8859_1);
    // The program's name is in parentheses and may hold anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Duration.ofMillis(
        MILLIS_A_TICK
            * (Long.parseLong(fields[CHILDREN_USER_TICKS])
                + Long.parseLong(fields[CHILDREN_SYSTEM_TICKS])));
  }

  /** The memory of a process that is in RAM; Linux only. */
  static long residentBytes(long pid) throws IOException {
    List<String> status =
        Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"), ISO_8859_1);
    return status.stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * BYTES_A_KIBIBYTE)
        .findFirst()
        .orElseThrow(() -> new IOException("process " + pid + " has no memory any more"));
  }
}
