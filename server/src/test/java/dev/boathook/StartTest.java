package dev.boathook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.config.Settings;
import dev.boathook.store.StoreException;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.Ids;
import dev.boathook.world.Ticker;
import dev.boathook.world.World;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start makes, keeps and refuses. */
class StartTest {
  private static final String OTHER_KEY = "bhk_another_key_that_only_tests_know_01234";

  private final TestingDatabase database = TestingDatabase.freshDatabase();

  private TestingServer start(Path folder, Optional<String> key) throws StoreException {
    return TestingServer.start(database, folder, List.of(), List.of(), key, World.system());
  }

  @Test
  void the_first_key_is_shown_by_the_first_start_that_succeeds(@TempDir Path folder)
      throws Exception {
    Settings.EndpointSettings ofNoSource =
        new Settings.EndpointSettings("e", "http://127.0.0.1:9/", List.of("none"), List.of("*"));
    assertThatThrownBy(() ->
            TestingServer.start(
                database, folder, List.of(), List.of(ofNoSource), Optional.empty(), World.system()))
        .isInstanceOf(StoreException.class);

    try (TestingServer server = start(folder, Optional.empty())) {
      assertThat(server.boathook().newKey()).isPresent();
    }
    try (TestingServer again = start(folder, Optional.empty())) {
      assertThat(again.boathook().newKey()).isEmpty();
    }
  }

  @Test
  void a_key_of_the_settings_takes_the_place_of_the_one_before_and_may_come_back(
      @TempDir Path folder) throws Exception {
    for (String key : List.of(TestingServer.KEY, OTHER_KEY, TestingServer.KEY)) {
      try (TestingServer server = start(folder, Optional.of(key))) {
        boolean isFirst = key.equals(TestingServer.KEY);
        assertThat(server.send(server.admin("/v1/sources")).statusCode())
            .isEqualTo(isFirst ? 200 : 401);
      }
    }
  }

  @Test
  void a_missing_sealing_key_is_said_to_be_missing_and_none_is_made(@TempDir Path folder)
      throws Exception {
    start(folder, Optional.of(TestingServer.KEY)).close();
    Path key = folder.resolve("sealing-key.json");
    Files.delete(key);

    assertThatThrownBy(() -> start(folder, Optional.of(TestingServer.KEY)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is missing");
    assertThat(key).doesNotExist();
  }

  @Test
  void a_declared_endpoint_in_a_private_network_is_refused(@TempDir Path folder) {
    Settings.EndpointSettings inside =
        new Settings.EndpointSettings("e", "http://10.0.0.1/", List.of(), List.of("*"));

    assertThatThrownBy(() -> TestingServer.start(database, folder, List.of(), List.of(inside)))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.code()).isEqualTo("address_refused"));
  }

  /** In that hour the clocks of Berlin show each time twice. */
  @Test
  void times_are_kept_to_the_hour_where_summer_time_ends(@TempDir Path folder) throws Exception {
    Instant twice = Instant.parse("2026-10-25T00:30:00Z");
    InstantSource clock = InstantSource.fixed(twice);
    SecureRandom random = new SecureRandom();
    World world = new World(clock, Ticker.system(), random, new Ids(clock, random));
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
    try (TestingServer server =
        TestingServer.start(
            database, folder, List.of(), List.of(), Optional.of(TestingServer.KEY), world)) {
      String consumer =
          TestingServer.json(
                  server.send(
                      server
                          .admin("/v1/consumers")
                          .header("content-type", "application/json")
                          .POST(BodyPublishers.ofString("{\"name\":\"n\"}"))))
              .get("id")
              .asString();
      server.send(
          server
              .admin("/v1/consumers/" + consumer + "/events")
              .header("content-type", "application/json")
              .POST(BodyPublishers.ofString("{\"type\":\"t\",\"data\":1}")));

      try (Connection connection = database.connect();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT accepted_at FROM boathook.event")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getObject(1, OffsetDateTime.class).toInstant()).isEqualTo(twice);
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }
}
