package dev.boathook.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two nodes that change one project. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfigChangesTest {
  private Database database;
  private ConfigChanges here;
  private ConfigChanges elsewhere;
  private UUID project = new UUID(0, 0);
  private final AtomicInteger runs = new AtomicInteger();

  /** What this node knows of the project. */
  private long known;

  private final ConfigChanges.View view =
      new ConfigChanges.View() {
        @Override
        public long version(UUID projectId) {
          return known;
        }

        @Override
        public void refreshAll() {
          known = stored();
        }
      };

  @BeforeAll
  void open() throws Exception {
    TestingDatabase fresh = TestingDatabase.freshDatabase();
    database =
        Database.open(
            new Target(fresh.url(), Optional.of(fresh.user()), Optional.of(fresh.password())));
    here = new ConfigChanges(database.jdbi(), changed -> view.refreshAll());
    elsewhere = new ConfigChanges(database.jdbi(), changed -> {});
  }

  @AfterAll
  void close() {
    database.close();
  }

  @BeforeEach
  void add() {
    project = new UUID(0x7000, project.getLeastSignificantBits() + 1);
    database
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO project (project_id, name, created_at) VALUES (?, ?, ?)",
                project,
                project.toString(),
                Instant.EPOCH));
    view.refreshAll();
    runs.set(0);
  }

  private long stored() {
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("SELECT directory_version FROM project WHERE project_id = :id")
                .bind("id", project)
                .mapTo(Long.class)
                .one());
  }

  private long change(ConfigChanges node) {
    return node.make(project, (handle, version) -> version);
  }

  @Test
  void a_change_that_is_committed_is_done_though_the_database_is_away_after_it() {
    ConfigChanges blind =
        new ConfigChanges(
            database.jdbi(),
            changed -> {
              throw new ConnectionException(new SQLException("gone", "57P01"));
            });

    assertThat(change(blind)).isEqualTo(stored());
  }

  @Test
  void work_is_done_again_by_what_another_node_has_changed_before() {
    long first = change(elsewhere);

    long second =
        here.inTurn(
            view,
            project,
            () -> {
              runs.incrementAndGet();
              return change(here);
            });

    assertThat(runs).hasValue(2);
    assertThat(second).isEqualTo(first + 1).isEqualTo(stored());
  }

  @Test
  void work_is_done_again_when_another_node_was_faster() {
    boolean any =
        here.inTurn(
            view,
            project,
            () -> {
              if (runs.incrementAndGet() == 1) {
                long changed = change(elsewhere);
                // Heard of in the midst of the work, which may have read what was before.
                view.refreshAll();
                assertThat(known).isEqualTo(changed);
              }
              return here.makeIfAny(project, (handle, version) -> 1);
            });

    assertThat(any).isTrue();
    assertThat(runs).hasValue(2);
  }

  @Test
  void work_that_is_overtaken_each_time_has_changed_nothing() {
    long before = stored();

    assertThatExceptionOfType(OvertakenException.class)
        .isThrownBy(() ->
            here.inTurn(
                view,
                project,
                () -> {
                  runs.incrementAndGet();
                  change(elsewhere);
                  return change(here);
                }));

    assertThat(runs).hasValue(10);
    assertThat(stored()).as("the other's alone").isEqualTo(before + 10);
  }

  @Test
  void work_that_has_changed_something_is_not_done_again() {
    long before = stored();

    assertThatExceptionOfType(OvertakenException.class)
        .isThrownBy(() ->
            here.inTurn(
                view,
                project,
                () -> {
                  runs.incrementAndGet();
                  change(here);
                  change(elsewhere);
                  return change(here);
                }));

    assertThat(runs).hasValue(1);
    assertThat(stored()).isEqualTo(before + 2);
  }

  @Test
  void what_was_not_read_before_is_changed_whatever_others_have_changed() {
    change(elsewhere);

    assertThat(change(here)).isEqualTo(stored());
  }
}
