package dev.boathook.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads the SQL files that lie beside the classes that run them. */
public final class Sql {
  private Sql() {}

  /** The text of {@code name.sql} in the package of a class. */
  public static String of(Class<?> neighbour, String name) {
    String file = name + ".sql";
    try (InputStream in = neighbour.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("no " + file + " beside " + neighbour.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
