package dev.boathook.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SiteTest {
  private final List<String> ended = new ArrayList<>();

  @Test
  void all_ends_with_the_site_the_last_before_the_first_and_its_folder_is_gone() throws Exception {
    Site site = new Site("accept", System.err);
    Path folder = site.folder("store");
    Files.writeString(Files.createDirectory(folder.resolve("inner")).resolve("file"), "x");
    site.start(() -> part("first"));
    site.start(() -> part("second"));

    site.close();
    site.close();

    assertThat(ended).containsExactly("second", "first");
    assertThat(site.root()).doesNotExist();
  }

  @Test
  void one_that_does_not_end_is_told_and_keeps_nothing_else() throws Exception {
    Site site = new Site("accept", System.err);
    site.start(() -> part("first"));
    site.start(() ->
        () -> {
          throw new IOException("will not");
        });

    assertThatThrownBy(site::close)
        .isInstanceOf(IOException.class)
        .hasMessage("not all of it ended: java.io.IOException: will not");

    assertThat(ended).containsExactly("first");
    assertThat(site.root()).doesNotExist();
  }

  @Test
  void nothing_is_started_on_a_closed_site() throws Exception {
    Site site = new Site("accept", System.err);
    site.close();

    assertThatThrownBy(() -> site.start(() -> part("late"))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> site.folder("late")).isInstanceOf(IOException.class);
    assertThat(site.root()).doesNotExist();
  }

  private AutoCloseable part(String name) {
    return () -> ended.add(name);
  }
}
