package dev.boathook.source;

import dev.boathook.address.Cidr;
import dev.boathook.key.Hash;
import dev.boathook.key.Sealer;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.RemoteKeys;
import dev.boathook.store.Changed;
import dev.boathook.store.Columns;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Json;
import dev.boathook.store.NameTakenException;
import dev.boathook.store.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sources in the database. */
public final class Sources {
  private static final Logger LOG = LoggerFactory.getLogger(Sources.class);
  private static final String UPSERT = Sql.of(Sources.class, "upsert_source");
  private static final String DELETE = Sql.of(Sources.class, "delete_source");
  private static final String SINCE = Sql.of(Sources.class, "sources_since");
  private static final String TOKEN = "source.token";
  private static final String SECRETS = "source.secrets";

  private final Sealer sealer;
  private final InstantSource clock;
  private final RemoteKeys keys;

  /**
   * Sources whose tokens and secrets this sealer seals.
   *
   * @param keys what providers publish, for the verifiers of the sources that are read
   */
  public Sources(Sealer sealer, InstantSource clock, RemoteKeys keys) {
    this.keys = keys;
    this.sealer = sealer;
    this.clock = clock;
  }

  /**
   * Makes the source, or changes it if its id is known; its provider never changes. Secrets that
   * have retired are dropped.
   *
   * @throws NameTakenException when another source of the project has its name
   */
  public void save(ConfigChanges changes, Source source) throws NameTakenException {
    Instant now = clock.instant();
    String secrets = SourceJson.of(source.secrets().kept(now).all());
    String[] nets = source.allowedNets().stream().map(Cidr::toString).toArray(String[]::new);
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
                  .bind("secretsSealed", sealer.seal(secrets, source.id(), SECRETS))
                  .bind("publicUrl", source.publicUrl())
                  .bind("allowedNets", nets)
                  .bind("clientCertificates", SourceJson.of(source.clientCertificates()))
                  .bind("replyEndpoint", source.replyEndpointId())
                  .bind("replyFallback", SourceJson.of(source.replyFallback()))
                  .bind("orderingKey", SourceJson.of(source.orderingKey()))
                  .bind("sequence", SourceJson.of(source.sequence()))
                  .bind("dedupeWindowSeconds", source.dedupeWindow().toSeconds())
                  .bind("maxBodyBytes", source.maxBodyBytes())
                  .bind("enabled", source.enabled())
                  .bind("now", now)
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
      Provider provider = Providers.named(row.getString("provider"), settings).fetching(keys);
      Instant createdAt = Columns.instant(row, "created_at");
      List<SourceSecret> secrets =
          SourceJson.secrets(sealer.open(row.getBytes("secrets_sealed"), id, SECRETS), createdAt);
      return new Changed<>(
          id,
          Source.builder(
                  projectId,
                  id,
                  row.getString("name"),
                  sealer.open(row.getBytes("token_sealed"), id, TOKEN),
                  new SourceSecrets(provider, secrets),
                  createdAt)
              .provider(provider, settings)
              .publicUrl(row.getString("public_url"))
              .allowedNets(Columns.strings(row, "allowed_nets").stream().map(Cidr::parse).toList())
              .clientCertificates(
                  SourceJson.clientCertificates(row.getString("client_certificates")))
              .replyEndpointId(row.getObject("reply_endpoint_id", UUID.class))
              .replyFallback(SourceJson.replyFallback(row.getString("reply_fallback")))
              .orderingKey(SourceJson.place(row.getString("ordering_key")))
              .sequence(SourceJson.sequence(row.getString("sequence")))
              .dedupeWindow(Duration.ofSeconds(row.getLong("dedupe_window_seconds")))
              .maxBodyBytes(row.getInt("max_body_bytes"))
              .enabled(row.getBoolean("enabled"))
              .updatedAt(Columns.instant(row, "updated_at"))
              .build());
    } catch (IllegalArgumentException e) {
      // One source that is no longer understood must not keep all others from being read.
      LOG.error("source {} is out of use, as this version refuses it: {}", id, e.getMessage());
      return new Changed<>(id, null);
    } catch (Sealer.WrongKeyException e) {
      throw new SQLException("source " + id + ": " + e.getMessage(), e);
    }
  }
}
