package dev.boathook.store.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a running postmaster says about itself in {@code postmaster.pid}: its pid in the first line
 * and its status in the eighth (PostgreSQL's {@code utils/pidfile.h}).
 */
record PostmasterFile(long pid, String status) {
  static final String NAME = "postmaster.pid";

  private static final int STATUS_LINE = 7;

  /** Reads it; empty when there is none or it does not begin with a pid. */
  static Optional<PostmasterFile> read(Path data) throws IOException {
    List<String> lines;
    try {
      // Latin-1 reads any garbage.
      lines = Files.readAllLines(data.resolve(NAME), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      long pid = lines.isEmpty() ? 0 : Long.parseLong(lines.getFirst().strip());
      String status = lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).strip() : "";
      return pid > 0 ? Optional.of(new PostmasterFile(pid, status)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  boolean ready() {
    return status.equals("ready");
  }
}
