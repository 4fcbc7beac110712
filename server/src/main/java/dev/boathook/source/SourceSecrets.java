package dev.boathook.source;

import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Verifier;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A source's secrets, the newest first, with a verifier ready for every stretch of time between two
 * of their retirements. Immutable.
 */
public final class SourceSecrets {
  /** The most secrets of one source. */
  public static final int MAX_SECRETS = Provider.MAX_SECRETS;

  private final Provider provider;
  private final List<SourceSecret> all;
  private final List<Stretch> stretches;

  /**
   * What counts until a moment.
   *
   * @param end the first moment at which it is otherwise; null for never
   * @param verifier null when every secret has retired
   */
  private record Stretch(@Nullable Instant end, List<String> values, @Nullable Verifier verifier) {}

  /**
   * These secrets, the newest first.
   *
   * @throws InvalidSecret if the provider cannot use one, or needs one and there is none
   * @throws IllegalArgumentException if there are too many, or two of the same time or value
   */
  public SourceSecrets(Provider provider, List<SourceSecret> secrets) {
    if (secrets.size() > MAX_SECRETS) {
      throw new IllegalArgumentException("there are more than " + MAX_SECRETS + " secrets");
    }
    Set<Object> seen = new HashSet<>();
    for (SourceSecret secret : secrets) {
      if (!seen.add(secret.addedAt()) || !seen.add(secret.value())) {
        throw new IllegalArgumentException("two secrets are the same or of the same time");
      }
    }
    this.provider = provider;
    this.all = List.copyOf(secrets);
    this.stretches = stretches(provider, all);
  }

  /**
   * Secrets that came together: the first counts as the newest, and each other one as added a
   * microsecond before it, so that the time of each names it. One that is there twice is one.
   *
   * @throws InvalidSecret if the provider cannot use one, or needs one and there is none
   */
  public static SourceSecrets together(Provider provider, List<String> values, Instant now) {
    return new SourceSecrets(provider, dated(values, now));
  }

  static List<SourceSecret> dated(List<String> values, Instant now) {
    List<SourceSecret> secrets = new ArrayList<>();
    for (String value : values.stream().distinct().toList()) {
      secrets.add(
          new SourceSecret(value, now.minus(secrets.size(), ChronoUnit.MICROS), null, false));
    }
    return secrets;
  }

  private static List<Stretch> stretches(Provider provider, List<SourceSecret> secrets) {
    List<Instant> ends =
        secrets.stream()
            .map(SourceSecret::retiresAt)
            .filter(Objects::nonNull)
            .distinct()
            .sorted()
            .toList();
    List<Stretch> stretches = new ArrayList<>();
    Instant start = Instant.MIN;
    for (int i = 0; i <= ends.size(); i++) {
      Instant from = start;
      List<String> values =
          secrets.stream()
              .filter(secret -> secret.isActive(from))
              .map(SourceSecret::value)
              .toList();
      // A source that had secrets never falls back to none, even where its provider could do so.
      Verifier verifier = values.isEmpty() && !secrets.isEmpty() ? null : provider.verifier(values);
      Instant end = i < ends.size() ? ends.get(i) : null;
      stretches.add(new Stretch(end, values, verifier));
      start = end == null ? start : end;
    }
    return List.copyOf(stretches);
  }

  private Stretch at(Instant now) {
    for (Stretch stretch : stretches) {
      if (stretch.end == null || now.isBefore(stretch.end)) {
        return stretch;
      }
    }
    throw new IllegalStateException("the last stretch has no end");
  }

  /** Who makes signatures with them. */
  public Provider provider() {
    return provider;
  }

  /** Whether there never was one. */
  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** All of them, also those that have retired and are still kept. */
  public List<SourceSecret> all() {
    return all;
  }

  /** The values of all of them. */
  public List<String> values() {
    return all.stream().map(SourceSecret::value).toList();
  }

  /** The values that count at this moment, in the order of {@link #verifier}. */
  public List<String> active(Instant now) {
    return at(now).values;
  }

  /** Verifies with the secrets that count at this moment; empty when all have retired. */
  public Optional<Verifier> verifier(Instant now) {
    return Optional.ofNullable(at(now).verifier);
  }

  /** Whether a moment comes at which none counts any more, unless another is added. */
  public boolean runOut() {
    return !all.isEmpty() && all.stream().noneMatch(secret -> secret.retiresAt() == null);
  }

  /**
   * Without those that have retired. When all have, the one that did so last stays: a source
   * without secrets is one that never had any, and may be open to whoever brings the first.
   */
  public SourceSecrets kept(Instant now) {
    List<SourceSecret> kept = all.stream().filter(secret -> secret.isActive(now)).toList();
    if (kept.isEmpty()) {
      kept = all.stream().max(Comparator.comparing(SourceSecrets::retirement)).stream().toList();
    }
    return kept.size() == all.size() ? this : new SourceSecrets(provider, kept);
  }

  private static Instant retirement(SourceSecret secret) {
    return secret.retiresAt() == null ? Instant.MAX : secret.retiresAt();
  }

  /**
   * With another one in front. If it was among them it is the newest now and does not retire; if
   * there are too many, the oldest goes.
   *
   * @param enrolled whether the provider itself handed it over
   * @throws InvalidSecret if the provider cannot use it
   */
  public SourceSecrets adding(String value, boolean enrolled, Instant now) {
    Instant addedAt = now.truncatedTo(ChronoUnit.MICROS);
    for (SourceSecret secret : all) {
      if (!secret.addedAt().isBefore(addedAt)) {
        addedAt = secret.addedAt().plus(1, ChronoUnit.MICROS);
      }
    }
    List<SourceSecret> secrets = new ArrayList<>();
    secrets.add(new SourceSecret(value, addedAt, null, enrolled));
    kept(now).all.stream()
        .filter(secret -> !secret.value().equals(value))
        .limit(MAX_SECRETS - 1)
        .forEach(secrets::add);
    return new SourceSecrets(provider, secrets);
  }

  /**
   * As a file declares them: its values in its order. One that was there keeps its times, and those
   * that the provider handed over, of which no file knows, stay behind the others. A file that
   * names none leaves all as they are.
   *
   * @param user the provider, perhaps with other settings
   * @throws InvalidSecret if the provider cannot use one
   */
  public SourceSecrets declared(Provider user, List<String> values, Instant now) {
    if (values.isEmpty()) {
      return of(user);
    }
    List<String> wanted = values.stream().distinct().toList();
    Map<String, SourceSecret> known =
        all.stream().collect(Collectors.toMap(SourceSecret::value, secret -> secret));
    List<SourceSecret> secrets = new ArrayList<>();
    for (SourceSecret fresh : dated(wanted, now)) {
      secrets.add(known.getOrDefault(fresh.value(), fresh));
    }
    all.stream()
        .filter(secret -> secret.enrolled() && !wanted.contains(secret.value()))
        .forEach(secrets::add);
    return secrets.equals(all) ? of(user) : new SourceSecrets(user, secrets);
  }

  /** All but the newest retire at this moment, or when they were to, if that is sooner. */
  public SourceSecrets retiringOthers(Instant at) {
    List<SourceSecret> secrets = new ArrayList<>();
    for (SourceSecret secret : all) {
      secrets.add(secrets.isEmpty() ? secret : secret.retiringBy(at));
    }
    return new SourceSecrets(provider, secrets);
  }

  /** The one that was added at this time retires at another; what has retired stays so. */
  public SourceSecrets retiring(SourceSecret retired, Instant at) {
    return new SourceSecrets(
        provider,
        all.stream()
            .map(secret -> secret.equals(retired) ? secret.retiringAt(at) : secret)
            .toList());
  }

  /**
   * The newest alone: of those that do not retire if there is one, else of those that count now.
   * Empty when none does.
   */
  public Optional<SourceSecrets> newestAlone(Instant now) {
    return all.stream()
        .filter(secret -> secret.retiresAt() == null)
        .findFirst()
        .or(() -> all.stream().filter(secret -> secret.isActive(now)).findFirst())
        .map(newest -> new SourceSecrets(provider, List.of(newest)));
  }

  /**
   * The same for the provider with other settings.
   *
   * @throws InvalidSecret if it cannot use them
   */
  SourceSecrets of(Provider other) {
    return other == provider ? this : new SourceSecrets(other, all);
  }

  @Override
  public String toString() {
    return all.toString();
  }
}
