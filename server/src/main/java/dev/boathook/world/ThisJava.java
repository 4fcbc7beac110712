package dev.boathook.world;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java that this process is run by, for processes that are to run as it does. */
public final class ThisJava {
  private ThisJava() {}

  /** A program of its JDK, such as {@code jcmd}. */
  public static String program(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  /** Its command line up to the main class: the program, its flags and its class path. */
  public static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(program("java"));
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // Two processes cannot wait for a debugger on one port.
      if (!flag.startsWith("-agentlib:jdwp") && !flag.startsWith("-Xrunjdwp")) {
        command.add(flag);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return command;
  }
}
