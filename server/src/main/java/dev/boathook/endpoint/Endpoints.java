package dev.boathook.endpoint;

import dev.boathook.address.Cidr;
import dev.boathook.key.Sealer;
import dev.boathook.outbound.TargetUrl;
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
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The endpoints in the database. */
public final class Endpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);
  private static final String UPSERT = Sql.of(Endpoints.class, "upsert_endpoint");
  private static final String DISABLE = Sql.of(Endpoints.class, "disable_endpoint");
  private static final String CAUGHT_UP = Sql.of(Endpoints.class, "endpoint_caught_up");
  private static final String DELETE = Sql.of(Endpoints.class, "delete_endpoint");
  private static final String SINCE = Sql.of(Endpoints.class, "endpoints_since");

  private static final String SECRETS = "endpoint.secrets";
  private static final String SECURITY = "endpoint.security";

  private final Sealer sealer;
  private final InstantSource clock;

  /** Endpoints whose secrets this sealer seals. */
  public Endpoints(Sealer sealer, InstantSource clock) {
    this.sealer = sealer;
    this.clock = clock;
  }

  /**
   * Makes the endpoint, or changes it if its id is known; its consumer never changes. When another
   * order begins with another delivery, it is marked: {@link LaneRestating} has its lanes say anew
   * when they are due.
   *
   * @throws NameTakenException when another endpoint of the same consumer has its name
   */
  public void save(ConfigChanges changes, Endpoint endpoint) throws NameTakenException {
    Rate rate = endpoint.resumeRate();
    try {
      changes.make(
          endpoint.projectId(),
          (handle, version) ->
              handle
                  .createUpdate(UPSERT)
                  .bind("latest", Order.LATEST.code())
                  .bind("project", endpoint.projectId())
                  .bind("id", endpoint.id())
                  .bind("consumer", endpoint.subscription().consumerId())
                  .bind("name", endpoint.name())
                  .bind("url", endpoint.url().toString())
                  .bind("sources", sources(endpoint))
                  .bind(
                      "types",
                      endpoint.subscription().types().stream()
                          .map(TypePattern::text)
                          .toArray(String[]::new))
                  .bind(
                      "secretsSealed",
                      sealer.seal(Json.of(endpoint.secrets()), endpoint.id(), SECRETS))
                  .bind("securitySealed", sealed(endpoint))
                  .bind("policy", PolicyJson.of(endpoint.policy()))
                  .bind("timeoutMillis", endpoint.timeout().toMillis())
                  .bind(
                      "allowedNets",
                      endpoint.allowedNets().stream().map(Cidr::toString).toArray(String[]::new))
                  .bind("status", endpoint.status().code())
                  .bind("statusReason", endpoint.statusReason())
                  .bind("resumeRate", rate == null ? null : rate.perSecond())
                  .bind("resumeBurst", rate == null ? null : rate.burst())
                  .bind("now", clock.instant())
                  .bind("version", version)
                  .execute());
    } catch (StatementException e) {
      throw NameTakenException.from(e, String.valueOf(endpoint.name()));
    }
  }

  private byte @Nullable [] sealed(Endpoint endpoint) {
    return endpoint.security().equals(Security.NONE)
        ? null
        : sealer.seal(SecurityJson.of(endpoint.security()), endpoint.id(), SECURITY);
  }

  private static UUID @Nullable [] sources(Endpoint endpoint) {
    Set<UUID> ids = endpoint.subscription().sourceIds();
    return ids == null ? null : ids.toArray(UUID[]::new);
  }

  /**
   * Disables it, unless it was changed since: what it said before does not hit what it is now.
   *
   * @return false when it was changed
   */
  public boolean disable(ConfigChanges changes, Endpoint endpoint, String reason) {
    return changes.makeIfAny(
        endpoint.projectId(),
        (handle, version) ->
            handle
                .createUpdate(DISABLE)
                .bind("project", endpoint.projectId())
                .bind("id", endpoint.id())
                .bind("changedAt", endpoint.updatedAt())
                .bind("reason", reason)
                .bind("now", clock.instant())
                .bind("version", version)
                .execute());
  }

  /**
   * What waited when it was resumed at this rate has been sent: it is sent to as usual.
   *
   * @return false when it has another rate by now, or none
   */
  public boolean caughtUp(ConfigChanges changes, UUID projectId, UUID endpointId, Rate resumedAt) {
    return changes.makeIfAny(
        projectId,
        (handle, version) ->
            handle
                .createUpdate(CAUGHT_UP)
                .bind("project", projectId)
                .bind("id", endpointId)
                .bind("resumeRate", resumedAt.perSecond())
                .bind("resumeBurst", resumedAt.burst())
                .bind("now", clock.instant())
                .bind("version", version)
                .execute());
  }

  /** Deletes it; what waits for it is cancelled by and by. False when there is none. */
  public boolean delete(ConfigChanges changes, UUID projectId, UUID endpointId) {
    return changes.end(DELETE, projectId, endpointId, clock.instant());
  }

  /** What changed after a version of the directory. */
  public List<Changed<Endpoint>> since(Handle handle, UUID projectId, long version) {
    return handle
        .createQuery(SINCE)
        .bind("project", projectId)
        .bind("version", version)
        .map((row, context) -> read(row, projectId))
        .list();
  }

  private Changed<Endpoint> read(ResultSet row, UUID projectId) throws SQLException {
    UUID id = row.getObject("endpoint_id", UUID.class);
    if (Columns.isPresent(row, "deleted_at")) {
      return new Changed<>(id, null);
    }
    try {
      List<String> secrets = Json.strings(sealer.open(row.getBytes("secrets_sealed"), id, SECRETS));
      Security security =
          Columns.isPresent(row, "security_sealed")
              ? SecurityJson.parse(sealer.open(row.getBytes("security_sealed"), id, SECURITY))
              : Security.NONE;
      Set<UUID> sources =
          Columns.isPresent(row, "source_ids")
              ? Set.of((UUID[]) row.getArray("source_ids").getArray())
              : null;
      return new Changed<>(
          id,
          new Endpoint(
              projectId,
              id,
              row.getString("name"),
              TargetUrl.of(row.getString("url")),
              new Subscription(
                  row.getObject("consumer_id", UUID.class),
                  sources,
                  Columns.strings(row, "types").stream().map(TypePattern::new).toList()),
              secrets,
              security.signer(secrets),
              security,
              PolicyJson.parse(row.getString("policy")),
              Duration.ofMillis(row.getInt("timeout_millis")),
              Columns.strings(row, "allowed_nets").stream().map(Cidr::parse).toList(),
              Endpoint.Status.of(row.getString("status")),
              row.getString("status_reason"),
              Columns.isPresent(row, "resume_rate")
                  ? new Rate(row.getDouble("resume_rate"), row.getInt("resume_burst"))
                  : null,
              Columns.instant(row, "created_at"),
              Columns.instant(row, "updated_at")));
    } catch (IllegalArgumentException e) {
      // One endpoint that is no longer understood must not keep all others from being read.
      LOG.error("endpoint {} is out of use, as this version refuses it: {}", id, e.getMessage());
      return new Changed<>(id, null);
    } catch (Sealer.WrongKeyException e) {
      throw new SQLException("endpoint " + id + ": " + e.getMessage(), e);
    }
  }
}
