package dev.boathook.source;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One of a source's secrets. It counts from when it is there until it retires.
 *
 * @param value what signatures are made with, in the provider's form
 * @param addedAt when it was added, in whole microseconds; no other secret of the source has the
 *     same, so it is what people name it by
 * @param retiresAt from when on it counts no more; null for never
 * @param enrolled whether the provider itself handed it over in a handshake; only such a value may
 *     be shown again
 */
public record SourceSecret(
    String value, Instant addedAt, @Nullable Instant retiresAt, boolean enrolled) {
  /** Cuts the times to the microseconds that all our times have. */
  public SourceSecret {
    addedAt = addedAt.truncatedTo(ChronoUnit.MICROS);
    retiresAt = retiresAt == null ? null : retiresAt.truncatedTo(ChronoUnit.MICROS);
  }

  /** Whether it counts at this moment. */
  public boolean isActive(Instant now) {
    return retiresAt == null || now.isBefore(retiresAt);
  }

  /** The same, retiring at this moment; or when it was to retire, if that is sooner. */
  SourceSecret retiringBy(Instant at) {
    return retiresAt != null && retiresAt.isBefore(at) ? this : retiringAt(at);
  }

  /** The same, retiring at this moment. */
  SourceSecret retiringAt(Instant at) {
    return new SourceSecret(value, addedAt, at, enrolled);
  }

  @Override
  public String toString() {
    return "SourceSecret[added " + addedAt + ", retires " + retiresAt + "]";
  }
}
