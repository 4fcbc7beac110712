package dev.boathook.key;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealerTest {
  private static final UUID ROW = new UUID(1, 2);

  @Test
  void what_is_sealed_opens_with_the_same_key_in_the_same_place_only(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("key.json");
    byte[] sealed = Sealer.ofKeyFile(file).seal("whsec_hush", ROW, "source.secrets");

    assertThat(new String(sealed, ISO_8859_1)).doesNotContain("hush");
    Sealer again = Sealer.ofKeyFile(file);
    assertThat(again.open(sealed, ROW, "source.secrets")).isEqualTo("whsec_hush");
    assertThatThrownBy(() -> again.open(sealed, new UUID(1, 3), "source.secrets"))
        .isInstanceOf(Sealer.WrongKeyException.class);
    assertThatThrownBy(() -> again.open(sealed, ROW, "source.token"))
        .isInstanceOf(Sealer.WrongKeyException.class);
    Sealer other = Sealer.ofKeyFile(folder.resolve("other.json"));
    assertThatThrownBy(() -> other.open(sealed, ROW, "source.secrets"))
        .isInstanceOf(Sealer.WrongKeyException.class);
  }

  @Test
  void the_key_file_is_its_owners_alone(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("key.json");
    Sealer.ofKeyFile(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void a_file_that_is_no_key_is_refused_and_left_alone(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("key.json");
    Files.writeString(file, "{\"no\":\"key\"}");

    assertThatThrownBy(() -> Sealer.ofKeyFile(file)).isInstanceOf(IOException.class);
    assertThat(file).hasContent("{\"no\":\"key\"}");
  }
}
