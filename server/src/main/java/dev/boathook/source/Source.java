package dev.boathook.source;

import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Verifier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Where inbound webhooks come from: one provider account with its URL and secrets.
 *
 * @param projectId the project
 * @param id the source's id
 * @param name unique among the project's sources
 * @param settings the provider's settings, for configurable providers
 * @param token the unguessable last part of its URL
 * @param provider how the platform signs and identifies
 * @param verifier the provider's rules with this source's secrets
 * @param secrets what the signature may be made with, newest first
 * @param dedupeWindow how long a repeated key is taken for a duplicate
 * @param maxBodyBytes the largest body
 * @param enabled whether requests are accepted; a disabled source answers as an unknown one
 * @param createdAt when it was made
 * @param updatedAt when it was last changed
 */
public record Source(
    UUID projectId,
    UUID id,
    String name,
    Map<String, String> settings,
    String token,
    Provider provider,
    Verifier verifier,
    List<String> secrets,
    Duration dedupeWindow,
    int maxBodyBytes,
    boolean enabled,
    Instant createdAt,
    Instant updatedAt) {
  /** The largest body that can be asked for: 26 MiB, as GitHub sends up to 25 MB. */
  public static final int MAX_MAX_BODY_BYTES = 26 << 20;

  /** The longest dedupe window. */
  public static final Duration MAX_DEDUPE_WINDOW = Duration.ofDays(60);

  /** Checks the limits and keeps copies. */
  public Source {
    if (maxBodyBytes < 1 || maxBodyBytes > MAX_MAX_BODY_BYTES) {
      throw new IllegalArgumentException("max_body_bytes is 1 to " + MAX_MAX_BODY_BYTES);
    }
    if (dedupeWindow.isNegative()
        || dedupeWindow.isZero()
        || dedupeWindow.compareTo(MAX_DEDUPE_WINDOW) > 0) {
      throw new IllegalArgumentException(
          "dedupe_window_seconds is 1 to " + MAX_DEDUPE_WINDOW.toSeconds());
    }
    settings = Map.copyOf(settings);
    secrets = List.copyOf(secrets);
  }

  @Override
  public String toString() {
    return "Source[" + name + ", " + provider.name() + "]";
  }
}
