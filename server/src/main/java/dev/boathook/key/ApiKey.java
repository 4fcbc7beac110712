package dev.boathook.key;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * A key to a project's API, without the secret, which is known to its holder alone.
 *
 * @param projectId the project it opens
 * @param id the key's id
 * @param name what it is for
 * @param hint the first characters of the secret, to tell keys apart
 * @param scopes what it may do
 * @param createdAt when it was made
 */
public record ApiKey(
    UUID projectId, UUID id, String name, String hint, Set<Scope> scopes, Instant createdAt) {
  /** Whether it may do this. */
  public boolean may(Scope scope) {
    return scopes.contains(scope);
  }
}
