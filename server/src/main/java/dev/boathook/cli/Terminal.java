package dev.boathook.cli;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * The three streams of a command.
 *
 * @param in what {@code --body -} reads
 * @param out the answer
 * @param err complaints
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err) {
  /** The process's own. */
  public static Terminal system() {
    return new Terminal(System.in, System.out, System.err);
  }
}
