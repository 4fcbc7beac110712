package dev.boathook.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresLogTest {
  private static final int MAX_BYTES = 1000;

  @TempDir Path folder;

  @Test
  void the_log_is_two_bounded_files_and_the_tail_is_the_end() throws Exception {
    Path file = folder.resolve("postgresql.log");
    StringBuilder lines = new StringBuilder();
    for (int line = 0; line < 1000; line++) {
      lines.append("line %03d\n".formatted(line));
    }
    Tail tail = new Tail();
    InputStream all =
        new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.US_ASCII));
    InputStream inPieces =
        new FilterInputStream(all) {
          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return super.read(buffer, offset, Math.min(length, 90));
          }
        };
    new PostgresLog(file, MAX_BYTES).copy(inPieces, tail);
    assertThat(Files.size(file)).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(Files.size(folder.resolve("postgresql.log.1"))).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(Files.readString(file)).endsWith("line 999\n");
    assertThat(tail.text())
        .hasSizeBetween(Tail.MAX_BYTES - 9, Tail.MAX_BYTES)
        .endsWith("line 998\nline 999");
  }
}
