package dev.boathook.source;

import dev.boathook.key.Hash;
import dev.boathook.key.Sealer;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.store.Changed;
import dev.boathook.store.Columns;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Json;
import dev.boathook.store.NameTakenException;
import dev.boathook.store.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementException;

/** The sources in the database. */
public final class Sources {
  private static final String UPSERT = Sql.of(Sources.class, "upsert_source");
  private static final String DELETE = Sql.of(Sources.class, "delete_source");
  private static final String SINCE = Sql.of(Sources.class, "sources_since");
  private static final String TOKEN = "source.token";
  private static final String SECRETS = "source.secrets";

  private final Sealer sealer;
  private final InstantSource clock;

  /** Sources whose tokens and secrets this sealer seals. */
  public Sources(Sealer sealer, InstantSource clock) {
    this.sealer = sealer;
    this.clock = clock;
  }

  /**
   * Makes the source, or changes it if its id is known; its provider never changes.
   *
   * @throws NameTakenException when another source of the project has its name
   */
  public void save(ConfigChanges changes, Source source) throws NameTakenException {
    try {
      changes.make(
          source.projectId(),
          (handle, version) ->
              handle
                  .createUpdate(UPSERT)
                  .bind("project", source.projectId())
                  .bind("id", source.id())
                  .bind("name", source.name())
                  .bind("provider", source.provider().name())
                  .bind("settings", Json.of(source.settings()))
                  .bind("tokenHash", Hash.of(source.token()).toBytes())
                  .bind("tokenSealed", sealer.seal(source.token(), source.id(), TOKEN))
                  .bind(
                      "secretsSealed", sealer.seal(Json.of(source.secrets()), source.id(), SECRETS))
                  .bind("dedupeWindowSeconds", source.dedupeWindow().toSeconds())
                  .bind("maxBodyBytes", source.maxBodyBytes())
                  .bind("enabled", source.enabled())
                  .bind("now", clock.instant())
                  .bind("version", version)
                  .execute());
    } catch (StatementException e) {
      throw NameTakenException.from(e, source.name());
    }
  }

  /** Deletes it; its events stay. False when there is none. */
  public boolean delete(ConfigChanges changes, UUID projectId, UUID sourceId) {
    return changes.end(DELETE, projectId, sourceId, clock.instant());
  }

  /** What changed after a version of the directory. */
  public List<Changed<Source>> since(Handle handle, UUID projectId, long version) {
    return handle
        .createQuery(SINCE)
        .bind("project", projectId)
        .bind("version", version)
        .map((row, context) -> read(row, projectId))
        .list();
  }

  private Changed<Source> read(ResultSet row, UUID projectId) throws SQLException {
    UUID id = row.getObject("source_id", UUID.class);
    if (Columns.isPresent(row, "deleted_at")) {
      return new Changed<>(id, null);
    }
    try {
      Map<String, String> settings = Json.settings(row.getString("settings"));
      Provider provider = Providers.named(row.getString("provider"), settings);
      List<String> secrets = Json.strings(sealer.open(row.getBytes("secrets_sealed"), id, SECRETS));
      return new Changed<>(
          id,
          new Source(
              projectId,
              id,
              row.getString("name"),
              settings,
              sealer.open(row.getBytes("token_sealed"), id, TOKEN),
              provider,
              provider.verifier(secrets),
              secrets,
              Duration.ofSeconds(row.getLong("dedupe_window_seconds")),
              row.getInt("max_body_bytes"),
              row.getBoolean("enabled"),
              Columns.instant(row, "created_at"),
              Columns.instant(row, "updated_at")));
    } catch (Sealer.WrongKeyException e) {
      throw new SQLException("source " + id + ": " + e.getMessage(), e);
    }
  }
}
