package dev.boathook.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.boathook.store.embedded.EmbeddedPostgresException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BinariesTest {
  @TempDir Path folder;

  @Test
  void two_that_unpack_at_once_share_one_copy_and_a_damaged_one_is_replaced() throws Exception {
    Callable<Binaries> provide = () -> Binaries.provide(List.of(folder));
    Binaries binaries;
    try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
      Future<Binaries> other = executor.submit(provide);
      binaries = executor.submit(provide).get();
      assertThat(other.get()).isEqualTo(binaries);
    }
    assertThat(entries()).containsExactly(binaries.home());

    Path program = Path.of(binaries.program("postgres"));
    long size = Files.size(program);
    Files.writeString(program, "");
    assertThat(Binaries.provide(List.of(folder))).isEqualTo(binaries);
    assertThat(program).hasSize(size).isExecutable();
    assertThat(entries()).containsExactly(binaries.home());
  }

  @Test
  void a_folder_that_cannot_be_written_is_passed_over() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    Path unusable = file.resolve("programs");
    assertThatExceptionOfType(EmbeddedPostgresException.class)
        .isThrownBy(() -> Binaries.provide(List.of(unusable)))
        .withMessageContaining(unusable.toString())
        .satisfies(e -> assertThat(e.code()).isEqualTo(Code.BINARIES_UNUSABLE));
    Path good = folder.resolve("good");
    assertThat(Binaries.provide(List.of(unusable, good)).home()).startsWith(good);
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.toList();
    }
  }
}
