package dev.boathook.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.address.Cidr;
import dev.boathook.key.Sealer;
import dev.boathook.signatures.Place;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.RemoteKeys;
import dev.boathook.store.Changed;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Database;
import dev.boathook.store.NameTakenException;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import dev.boathook.tls.ClientCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TimeZone;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
  private static final UUID PROJECT = new UUID(0x7000, 1);
  private static final UUID ID = new UUID(0x7000, 2);
  private static final Provider STRIPE = Providers.named("stripe");

  /** In the hour that Berlin has twice. */
  private static final Instant NOW = Instant.parse("2026-10-25T00:30:00.123456Z");

  @TempDir private Path folder;
  private final TimeZone usual = TimeZone.getDefault();
  private Database database;
  private Sealer sealer;
  private ConfigChanges changes;

  @BeforeEach
  void open() throws Exception {
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
    TestingDatabase fresh = TestingDatabase.freshDatabase();
    database =
        Database.open(
            new Target(fresh.url(), Optional.of(fresh.user()), Optional.of(fresh.password())));
    sealer = Sealer.ofKeyFile(folder.resolve("key.json"));
    changes = new ConfigChanges(database.jdbi(), project -> {});
    database
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO project (project_id, name, created_at) VALUES (?, 'p', ?)",
                PROJECT,
                NOW));
  }

  @AfterEach
  void close() {
    database.close();
    TimeZone.setDefault(usual);
  }

  @Test
  void all_of_a_source_comes_back() throws Exception {
    Source source =
        Source.builder(
                PROJECT,
                ID,
                "payments",
                "token",
                SourceSecrets.together(STRIPE, List.of("b", "a"), NOW)
                    .adding("given", true, NOW)
                    .retiringOthers(NOW.plusSeconds(3600)),
                NOW)
            .publicUrl("https://hooks.example.com/a?b")
            .allowedNets(List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("2001:db8::/32")))
            .clientCertificates(ClientCertificates.of(List.of("ab".repeat(32)), null, List.of()))
            .replyEndpointId(new UUID(0x7000, 3))
            .replyFallback(new ReplyFallback(200, "text/xml", "<a/>\n"))
            .orderingKey(Place.parse("json:/order/id"))
            .sequence(
                new SequenceRule(
                    SequenceRule.Kind.NUMBER,
                    Place.parse("header:X-Sequence"),
                    Place.parse("json:/order/line"),
                    Long.MAX_VALUE,
                    Duration.ofSeconds(5),
                    3,
                    SequenceRule.Late.DROP))
            .build();

    save(source, NOW);
    Source read = read();

    assertThat(read.secrets().all()).isEqualTo(source.secrets().all());
    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields("secrets", "provider")
        .isEqualTo(source);
  }

  @Test
  void retired_secrets_are_dropped_at_the_next_save() throws Exception {
    SourceSecrets secrets =
        SourceSecrets.together(STRIPE, List.of("a"), NOW)
            .adding("b", false, NOW)
            .retiringOthers(NOW.plusSeconds(10));
    Source source = Source.builder(PROJECT, ID, "payments", "token", secrets, NOW).build();

    save(source, NOW.plusSeconds(9));
    assertThat(read().secrets().values()).containsExactly("b", "a");
    save(source, NOW.plusSeconds(10));
    assertThat(read().secrets().values()).containsExactly("b");
  }

  @Test
  void a_row_from_before_secrets_had_dates_is_read() throws Exception {
    SourceSecrets secrets = SourceSecrets.together(STRIPE, List.of("x"), NOW);
    save(
        Source.builder(PROJECT, ID, "payments", "token", secrets, NOW)
            .provider(STRIPE, Map.of())
            .build(),
        NOW);
    database
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "UPDATE source SET secrets_sealed = ?",
                (Object) sealer.seal("[\"whsec_new\",\"whsec_old\"]", ID, "source.secrets")));

    assertThat(read().secrets().all())
        .containsExactly(
            new SourceSecret("whsec_new", NOW, null, false),
            new SourceSecret("whsec_old", NOW.minusNanos(1_000), null, false));
  }

  @Test
  void a_row_that_is_no_longer_understood_is_out_of_use_and_stops_no_other() throws Exception {
    SourceSecrets secrets = SourceSecrets.together(STRIPE, List.of("x"), NOW);
    save(Source.builder(PROJECT, ID, "payments", "token", secrets, NOW).build(), NOW);
    database
        .jdbi()
        .useHandle(handle -> handle.execute("UPDATE source SET settings = '{\"gone\": \"1\"}'"));

    assertThat(rows()).singleElement().extracting(Changed::value).isNull();
  }

  private void save(Source source, Instant now) throws NameTakenException {
    new Sources(sealer, () -> now, RemoteKeys.NONE).save(changes, source);
  }

  private List<Changed<Source>> rows() {
    return database
        .jdbi()
        .withHandle(
            handle -> new Sources(sealer, () -> NOW, RemoteKeys.NONE).since(handle, PROJECT, -1));
  }

  private Source read() {
    List<Changed<Source>> rows = rows();
    assertThat(rows).hasSize(1);
    return Objects.requireNonNull(rows.getFirst().value());
  }
}
