package dev.boathook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documentation of the providers, held against their definitions. */
class ProviderPagesTest {
  private static final Path PAGES = Path.of("../docs/providers");

  static List<String> providers() {
    return Providers.all();
  }

  @Test
  void the_index_has_the_line_of_every_provider_in_order() throws IOException {
    List<String> lines =
        Files.readAllLines(PAGES.resolve("README.md")).stream()
            .filter(line -> line.startsWith("| [`"))
            .toList();

    assertThat(lines)
        .as("the table should be\n%s\n", String.join("\n", expected()))
        .containsExactlyElementsOf(expected());
  }

  private static List<String> expected() {
    return Providers.all().stream().map(ProviderPagesTest::line).toList();
  }

  private static String line(String name) {
    Provider provider = Providers.described(name);
    String proof = provider.secretHint().isEmpty() ? "nothing" : "token";
    return "| [`%s`](%s.md) | %s | %s |"
        .formatted(name, name, provider.signs() ? "signed" : proof, provider.summary());
  }

  @ParameterizedTest
  @MethodSource("providers")
  void every_provider_has_a_page_with_its_name_and_what_proves_its_requests(String name)
      throws IOException {
    Path page = PAGES.resolve(name + ".md");
    assertThat(page).exists();
    List<String> lines = Files.readAllLines(page);

    assertThat(lines.getFirst()).isEqualTo("# " + name);
    assertThat(lines.stream().skip(1).filter(line -> !line.isBlank()).findFirst())
        .hasValueSatisfying(line -> assertThat(line).doesNotStartWith("#"));
    assertThat(lines).anyMatch(line -> line.contains("boathook trigger " + name));
  }
}
