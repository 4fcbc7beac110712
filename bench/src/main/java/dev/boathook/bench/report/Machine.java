package dev.boathook.bench.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What it was measured on.
 *
 * @param processors those that this process may use
 * @param processor their model, or at least their architecture
 * @param memoryBytes what the machine, or the container, has
 * @param os its name, version and architecture
 * @param fileSystem the kind of file system that the stores are on; {@code tmpfs} is memory, where
 *     a commit costs nothing
 * @param jdk its version and who built it
 * @param postgresql its version
 */
public record Machine(
    int processors,
    String processor,
    long memoryBytes,
    String os,
    String fileSystem,
    String jdk,
    String postgresql) {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  /**
   * This one.
   *
   * @param folder where the stores are
   * @param postgresql the stores' version
   */
  public static Machine of(Path folder, String postgresql) throws IOException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        system.getAvailableProcessors(),
        model(),
        system.getTotalMemorySize(),
        "%s %s (%s)".formatted(system.getName(), system.getVersion(), system.getArch()),
        Files.getFileStore(folder).type(),
        "%s (%s)".formatted(System.getProperty("java.version"), System.getProperty("java.vendor")),
        postgresql);
  }

  /** Linux tells the model; for other systems the architecture must do. */
  private static String model() throws IOException {
    String architecture = System.getProperty("os.arch");
    if (!Files.isReadable(PROCESSORS)) {
      return architecture;
    }
    try (Stream<String> lines = Files.lines(PROCESSORS, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(architecture);
    }
  }
}
