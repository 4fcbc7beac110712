package dev.boathook.signatures;

import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys that providers publish, fetched when first needed, kept for a while, and fetched again
 * when a request names one that is not known. One instance serves all verifiers of a program.
 *
 * <p>Bounded in every way, as requests that nobody has verified yet drive it: {@value #MAX_SETS}
 * sets of keys are kept, {@value #MAX_FETCHES} fetches run at once, an unknown key leads to one
 * fetch a minute, a failed fetch is not repeated for ten seconds, and of the new addresses that
 * requests may name at one host {@value #MAX_NAMED_FETCHES} are fetched a minute: whoever makes up
 * addresses must not have us call the host without end, nor keep others from their keys.
 */
public final class RemoteKeys {

  /** The most sets of keys that are kept; empty ones go first, then those not used for longest. */
  public static final int MAX_SETS = 128;

  /** The most fetches at once. */
  public static final int MAX_FETCHES = 4;

  /** The most fetches a minute, from one host, of new addresses that requests name. */
  public static final int MAX_NAMED_FETCHES = 16;

  /** Fetches nothing: every request that needs a published key is undecided. */
  public static final RemoteKeys NONE =
      new RemoteKeys(call -> {
        throw new IOException("fetching of keys is off");
      });

  private static final Duration UNKNOWN_KEY_PAUSE = Duration.ofMinutes(1);
  private static final Duration NAMED_WINDOW = Duration.ofMinutes(1);
  private static final Duration FAILURE_PAUSE = Duration.ofSeconds(10);

  private final KeyFetcher fetcher;
  private final Semaphore fetches = new Semaphore(MAX_FETCHES);
  private final ReentrantLock lock = new ReentrantLock();

  /** In the order of their last use. */
  private final Map<String, Kept> sets = new LinkedHashMap<>(16, 0.75f, true);

  /** What was fetched from the hosts where requests name addresses: only hosts of definitions. */
  private final Map<String, Budget> budgets = new HashMap<>();

  /** Keys that are fetched in this way. */
  public RemoteKeys(KeyFetcher fetcher) {
    this.fetcher = fetcher;
  }

  /**
   * One set of keys and how to come by it.
   *
   * @param id what tells sets apart: the URL, or who asks where
   * @param maxAge how long the keys may be kept
   * @param namedAt the host, if a request names the address there; null if the definition does
   */
  record KeySet(String id, Duration maxAge, @Nullable String namedAt, Loader loader) {

    /** A set at an address that the definition names. */
    KeySet(String id, Duration maxAge, Loader loader) {
      this(id, maxAge, null, loader);
    }
  }

  /** Fetches a set. */
  @FunctionalInterface
  interface Loader {
    /**
     * The keys by their ids.
     *
     * @throws IOException if they cannot be had, or what came is not in the provider's form
     */
    Map<String, Key> load(KeyFetcher fetcher) throws IOException;
  }

  /**
   * A published key.
   *
   * @param certificate the certificate that it came in, if any; its dates are still to be checked
   */
  record Key(PublicKey key, @Nullable X509Certificate certificate) {}

  /** What came of looking for a key. */
  sealed interface Found {
    /** Here it is. */
    record One(Key key) implements Found {}

    /** The provider publishes no such key. */
    record Unknown() implements Found {}

    /** It cannot be told now. */
    record Unavailable(String why) implements Found {}
  }

  private static final class Kept {
    /** Held while the set is fetched: whoever needs it meanwhile waits for that one fetch. */
    private final ReentrantLock fetching = new ReentrantLock();

    private volatile Map<String, Key> keys = Map.of();
    private Instant fetchedAt = Instant.MIN;
    private Instant failedAt = Instant.MIN;
    private String failure = "";
  }

  /** How many fetches there were since when. */
  private static final class Budget {
    private Instant began = Instant.MIN;
    private int fetches;
  }

  /** Looks for a key, and fetches the set if it must. May take as long as the fetcher takes. */
  Found find(KeySet set, String keyId, Instant now) {
    Kept kept = kept(set.id);
    kept.fetching.lock();
    try {
      boolean fresh = now.isBefore(plus(kept.fetchedAt, set.maxAge));
      Key key = kept.keys.get(keyId);
      if (fresh && key != null) {
        return new Found.One(key);
      }
      if (fresh && now.isBefore(plus(kept.fetchedAt, UNKNOWN_KEY_PAUSE))) {
        return new Found.Unknown();
      }
      if (now.isBefore(plus(kept.failedAt, FAILURE_PAUSE))) {
        return new Found.Unavailable(kept.failure);
      }
      return fetch(set, kept, keyId, now);
    } finally {
      kept.fetching.unlock();
    }
  }

  private Found fetch(KeySet set, Kept kept, String keyId, Instant now) {
    boolean isNew = kept.keys.isEmpty(); // A set that had keys before may always be had again.
    if (set.namedAt != null && isNew && !isInBudget(set.namedAt, now)) {
      return new Found.Unavailable("too many addresses of keys are being asked for");
    }
    if (!fetches.tryAcquire()) {
      return new Found.Unavailable("too many keys are being fetched");
    }
    try {
      kept.keys = Map.copyOf(set.loader.load(fetcher));
      kept.fetchedAt = now;
    } catch (IOException e) {
      kept.failedAt = now;
      kept.failure = "the provider's keys could not be had: " + e.getMessage();
      return new Found.Unavailable(kept.failure);
    } finally {
      fetches.release();
    }
    Key key = kept.keys.get(keyId);
    return key == null ? new Found.Unknown() : new Found.One(key);
  }

  private boolean isInBudget(String host, Instant now) {
    lock.lock();
    try {
      Budget budget = budgets.computeIfAbsent(host, _ -> new Budget());
      if (!now.isBefore(plus(budget.began, NAMED_WINDOW))) {
        budget.began = now;
        budget.fetches = 0;
      }
      return ++budget.fetches <= MAX_NAMED_FETCHES;
    } finally {
      lock.unlock();
    }
  }

  private Kept kept(String id) {
    lock.lock();
    try {
      if (sets.size() == MAX_SETS && !sets.containsKey(id)) {
        sets.remove(leastUseful());
      }
      return sets.computeIfAbsent(id, _ -> new Kept());
    } finally {
      lock.unlock();
    }
  }

  /**
   * The set that was not used for longest among those without keys, else among all. Whoever makes
   * up addresses where there is nothing must not push out what others need.
   */
  private String leastUseful() {
    for (Map.Entry<String, Kept> set : sets.entrySet()) {
      if (set.getValue().keys.isEmpty()) {
        return set.getKey();
      }
    }
    return sets.keySet().iterator().next();
  }

  private static Instant plus(Instant time, Duration duration) {
    return time.equals(Instant.MIN) ? time : time.plus(duration);
  }
}
