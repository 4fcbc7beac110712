package dev.boathook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.consumer.Consumers;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.key.ApiKeys;
import dev.boathook.key.Sealer;
import dev.boathook.route.Directory;
import dev.boathook.route.Projects;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.RemoteKeys;
import dev.boathook.source.Source;
import dev.boathook.source.SourceSecrets;
import dev.boathook.source.Sources;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Database;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.World;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentsTest {
  private static final String TOKEN = "00000000000000000000000007";

  @TempDir private Path folder;
  private final World world = World.system();
  private Database database;
  private Directory directory;
  private ConfigChanges changes;
  private Sources sources;
  private Enrolments enrolments;

  @BeforeEach
  void open() throws Exception {
    TestingDatabase fresh = TestingDatabase.freshDatabase();
    database =
        Database.open(
            new Target(fresh.url(), Optional.of(fresh.user()), Optional.of(fresh.password())));
    Projects.add(database.jdbi(), world, Projects.FIRST);
    Sealer sealer = Sealer.ofKeyFile(folder.resolve("key.json"));
    sources = new Sources(sealer, world.clock(), RemoteKeys.NONE);
    directory =
        new Directory(
            database.innerJdbi(),
            sources,
            new Consumers(world.clock()),
            new Endpoints(sealer, world.clock()),
            new ApiKeys(world.random(), world.clock()));
    changes = new ConfigChanges(database.jdbi(), directory);
    directory.refreshAll();
    enrolments = new Enrolments(world, directory, changes, sources);
    UUID project = directory.projects().getFirst().projectId();
    Instant now = world.clock().instant();
    SourceSecrets none = SourceSecrets.together(Providers.named("notion"), List.of(), now);
    sources.save(
        changes, Source.builder(project, world.ids().next(), "notes", TOKEN, none, now).build());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Source source() {
    return directory.sourceOfToken(TOKEN).orElseThrow();
  }

  @Test
  void the_first_secret_that_is_handed_over_is_kept_and_no_other() {
    Source before = source();

    assertThat(enrolments.keep(before, "secret_first")).isTrue();
    assertThat(enrolments.keep(before, "secret_second")).isFalse();

    assertThat(source().secrets().values()).containsExactly("secret_first");
    assertThat(source().secrets().all().getFirst().enrolled()).isTrue();
  }

  @Test
  void a_secret_that_is_being_added_otherwise_is_neither_overwritten_nor_joined() throws Exception {
    Source read = source();
    FutureTask<Boolean> enrolment = new FutureTask<>(() -> enrolments.keep(read, "secret_brought"));
    changes.turn().lock();
    try {
      Thread.ofVirtual().start(enrolment);
      Eventually.until(changes.turn()::hasQueuedThreads);
      Instant now = world.clock().instant();
      sources.save(
          changes, read.with().secrets(read.secrets().adding("secret_by_api", false, now)).build());
    } finally {
      changes.turn().unlock();
    }

    assertThat(enrolment.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(source().secrets().values()).containsExactly("secret_by_api");
  }
}
