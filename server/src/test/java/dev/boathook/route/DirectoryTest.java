package dev.boathook.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingDoor;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.store.TestingDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
  @Test
  void an_endpoint_is_told_of_before_it_can_be_seen_and_said_to_be_replaced_after(
      @TempDir Path folder) throws Exception {
    try (TestingDoor door = TestingDoor.open(TestingDatabase.freshDatabase(), folder)) {
      List<String> heard = new ArrayList<>();
      door.directory()
          .addListener(
              new Directory.Listener() {
                @Override
                public void endpointChanged(Endpoint endpoint, ProjectView project) {
                  heard.add("changed " + sees(endpoint.id()));
                }

                @Override
                public void endpointDeleted(UUID projectId, UUID endpointId) {
                  heard.add("deleted " + sees(endpointId));
                }

                @Override
                public void endpointReplaced(UUID endpointId) {
                  heard.add("replaced " + sees(endpointId));
                }

                private boolean sees(UUID endpointId) {
                  return door.directory()
                      .project(door.projectId())
                      .orElseThrow()
                      .endpoints()
                      .containsKey(endpointId);
                }
              });

      Endpoint endpoint = door.endpoint("http://127.0.0.1:1/", "a", List.of(Duration.ZERO), 1);
      assertThat(heard).containsExactly("changed false", "replaced true");
      heard.clear();
      door.delete(endpoint);
      assertThat(heard).containsExactly("deleted true", "replaced false");
    }
  }
}
