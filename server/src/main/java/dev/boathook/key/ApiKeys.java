package dev.boathook.key;

import dev.boathook.id.Base32;
import dev.boathook.store.Changed;
import dev.boathook.store.Columns;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Sql;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The API keys in the database: their hashes, never the keys. */
public final class ApiKeys {
  /** What every key begins with, so that secret scanners can find a leaked one. */
  public static final String PREFIX = "bhk_";

  private static final int SECRET_BYTES = 32;
  private static final int HINT_CHARACTERS = 8;
  private static final String INSERT = Sql.of(ApiKeys.class, "insert_key");
  private static final String REVOKE = Sql.of(ApiKeys.class, "revoke_key");
  private static final String SINCE = Sql.of(ApiKeys.class, "keys_since");

  private final SecureRandom random;
  private final InstantSource clock;

  /** Keys made from this chance. */
  public ApiKeys(SecureRandom random, InstantSource clock) {
    this.random = random;
    this.clock = clock;
  }

  /** A new secret: 256 random bits. */
  public String newSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return PREFIX + Base32.encode(bytes);
  }

  /** Keeps a key under the hash of its secret. */
  public ApiKey add(
      ConfigChanges changes,
      UUID projectId,
      UUID id,
      String name,
      String secret,
      Set<Scope> scopes) {
    ApiKey key =
        new ApiKey(
            projectId,
            id,
            name,
            secret.substring(0, HINT_CHARACTERS),
            Set.copyOf(scopes),
            clock.instant());
    changes.make(
        projectId,
        (handle, version) ->
            handle
                .createUpdate(INSERT)
                .bind("project", projectId)
                .bind("id", id)
                .bind("name", name)
                .bind("secretHash", Hash.of(secret).toBytes())
                .bind("hint", key.hint())
                .bind("scopes", scopes.stream().map(Scope::code).sorted().toArray(String[]::new))
                .bind("now", key.createdAt())
                .bind("version", version)
                .execute());
    return key;
  }

  /** Ends a key. False when there is none. */
  public boolean revoke(ConfigChanges changes, UUID projectId, UUID keyId) {
    return changes.end(REVOKE, projectId, keyId, clock.instant());
  }

  /** What changed after a version of the directory. */
  public List<Changed<Hashed>> since(Handle handle, UUID projectId, long version) {
    return handle
        .createQuery(SINCE)
        .bind("project", projectId)
        .bind("version", version)
        .map((row, context) -> {
          UUID id = row.getObject("key_id", UUID.class);
          if (Columns.isPresent(row, "revoked_at")) {
            return new Changed<Hashed>(id, null);
          }
          return new Changed<>(
              id,
              new Hashed(
                  Hash.of(row.getBytes("secret_hash")),
                  new ApiKey(
                      projectId,
                      id,
                      row.getString("name"),
                      row.getString("hint"),
                      Columns.strings(row, "scopes").stream()
                          .map(Scope::of)
                          .collect(Collectors.toUnmodifiableSet()),
                      Columns.instant(row, "created_at"))));
        })
        .list();
  }

  /**
   * A key with the hash of its secret.
   *
   * @param hash SHA-256 of the secret; 256 random bits need no slow hash
   * @param key the key
   */
  public record Hashed(Hash hash, ApiKey key) {}
}
