package dev.boathook.bench.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.Main;
import dev.boathook.world.ThisJava;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BoathookServerTest {
  @TempDir private Path folder;

  @Test
  void the_product_runs_on_a_store_that_counts_what_it_does() throws Exception {
    try (Store store = Store.start(folder.resolve("store"));
        BoathookServer boathook =
            BoathookServer.start(command(), folder.resolve("data"), List.of(), store)) {
      Usage before = boathook.usage();
      JsonNode made = boathook.post("/v1/consumers", "{\"name\":\"Acme\"}");
      String path = "/v1/consumers/" + made.get("id").stringValue();
      boathook.patch(path, "{\"name\":\"Acme Ltd\"}");
      assertThat(boathook.get(path).get("name").stringValue()).isEqualTo("Acme Ltd");
      store.checkpoint();
      Usage used = boathook.usage().since(before);

      assertThat(used.statements()).isPositive();
      assertThat(used.walBytes()).isPositive();
      assertThat(boathook.residentBytes()).isGreaterThan(boathook.liveHeapBytes());
      assertThat(boathook.liveHeapBytes()).isBetween(1L << 20, 512L << 20);
      assertThat(boathook.startedIn()).isPositive();
      assertThat(boathook.publicAddress()).isNotEqualTo(boathook.adminAddress());
      assertThatThrownBy(() -> boathook.get("/v1/consumers/nobody"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("404");
    }
  }

  @Test
  void the_product_starts_again_on_a_postgresql_of_its_own_and_leaves_none_behind()
      throws Exception {
    Path data = folder.resolve("data");
    for (int start = 1; start <= 2; start++) {
      BoathookServer boathook = BoathookServer.start(command(), data, List.of());
      List<ProcessHandle> running;
      try (boathook) {
        assertThatThrownBy(boathook::usage).isInstanceOf(IllegalStateException.class);
        running = ProcessHandle.current().descendants().toList();
        // Its own and PostgreSQL's.
        assertThat(running).hasSizeGreaterThan(2);
      }
      assertThat(running).noneMatch(ProcessHandle::isAlive);
    }
  }

  private static List<String> command() {
    List<String> command = ThisJava.command();
    command.add(Main.class.getName());
    return command;
  }
}
