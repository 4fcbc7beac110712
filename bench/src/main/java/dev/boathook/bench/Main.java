package dev.boathook.bench;

/** {@code ./boathook bench}. */
public final class Main {
  private Main() {}

  /**
   * Runs the measurements that are asked for.
   *
   * @param args the launcher's path, then the command line
   */
  public static void main(String[] args) {
    System.out.println(String.join(" ", args));
  }
}
