package dev.boathook.receive;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last requests that each source refused, and why; what its operator needs when a signature
 * will not match. In memory and bounded: nobody without a secret can make us write to disk.
 */
public final class RefusedRequests {
  /** How many are kept for one source. */
  public static final int MAX_PER_SOURCE = 100;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<UUID, ArrayDeque<Refused>> bySource = new HashMap<>();

  /**
   * One refused request.
   *
   * @param at when it came
   * @param code the stable code of the reason
   * @param detail the reason in words; tells no secret
   * @param remoteAddress who called
   * @param bodyBytes how large its body was
   */
  public record Refused(
      Instant at, String code, String detail, String remoteAddress, int bodyBytes) {}

  /** Keeps one; the oldest of the source goes when there are too many. */
  public void add(UUID sourceId, Refused refused) {
    lock.lock();
    try {
      ArrayDeque<Refused> kept = bySource.computeIfAbsent(sourceId, id -> new ArrayDeque<>());
      if (kept.size() == MAX_PER_SOURCE) {
        kept.removeLast();
      }
      kept.addFirst(refused);
    } finally {
      lock.unlock();
    }
  }

  /** Those of a source, the newest first. */
  public List<Refused> of(UUID sourceId) {
    lock.lock();
    try {
      ArrayDeque<Refused> kept = bySource.get(sourceId);
      return kept == null ? List.of() : new ArrayList<>(kept);
    } finally {
      lock.unlock();
    }
  }
}
