package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeasesTest {
  private static final UUID NONCE = new UUID(0, 1);
  private static final UUID FRESH = new UUID(0, 2);
  private static final UUID OTHER = new UUID(0, 3);
  private static final long BEGIN = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final int SHARD = 3;

  private final Leases leases = new Leases(Leases.Term.DEFAULT, NONCE, BEGIN);
  private long now = BEGIN;

  private void join() {
    assertThat(leases.next(now)).isEqualTo(new Leases.Step.Join(NONCE));
    leases.joined(now);
  }

  /** A beat now, to which the store says that of all shards just this one is held. */
  private List<Leases.Change> beat(int nodes, long epoch, @Nullable UUID holder) {
    List<Leases.Row> rows = new ArrayList<>();
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      rows.add(
          shard == SHARD ? new Leases.Row(shard, epoch, holder) : new Leases.Row(shard, 1, OTHER));
    }
    return beat(new Leases.Beaten(true, nodes, rows));
  }

  private List<Leases.Change> beat(Leases.Beaten answer) {
    return leases.beat(beatStep(), answer, now, FRESH);
  }

  private Leases.Step.Beat beatStep() {
    return (Leases.Step.Beat) leases.next(now);
  }

  private void own(long epoch) {
    join();
    beat(1, epoch - 1, null);
    assertThat(leases.next(now)).isEqualTo(new Leases.Step.Claim(NONCE, List.of(SHARD)));
    assertThat(leases.claimed(Map.of(SHARD, epoch)))
        .containsExactly(new Leases.Change.Own(SHARD, epoch));
  }

  @Test
  void nothing_is_held_before_a_lease_is_there() {
    assertThat(leases.holds(now)).isFalse();
    join();
    assertThat(leases.holds(now)).isTrue();
  }

  @Test
  void a_lease_is_given_up_four_seconds_after_its_last_renewal_began() {
    own(1);
    now += 2 * SECOND;
    long started = now;
    Leases.Step.Beat beat = beatStep();
    now += 3 * SECOND;
    leases.beat(beat, new Leases.Beaten(true, 1, List.of()), started, FRESH);

    assertThat(leases.holds(started + 4 * SECOND - 1)).isTrue();
    assertThat(leases.holds(started + 4 * SECOND)).isFalse();
  }

  @Test
  void a_lease_is_renewed_every_two_seconds_and_sooner_after_a_failure() {
    own(1);
    assertThat(leases.next(now)).isEqualTo(new Leases.Step.Wait(now + 2 * SECOND));
    leases.failed(now);
    assertThat(leases.next(now)).isEqualTo(new Leases.Step.Wait(now + SECOND / 2));
  }

  @Test
  void who_was_ended_by_others_loses_all_and_joins_under_another_nonce() {
    own(1);
    now += 2 * SECOND;

    assertThat(beat(new Leases.Beaten(false, 0, List.of())))
        .containsExactly(new Leases.Change.Lose(SHARD));
    assertThat(leases.holds(now)).isFalse();
    assertThat(leases.next(now)).isEqualTo(new Leases.Step.Join(FRESH));
  }

  @Test
  void an_epoch_that_was_seen_before_is_given_back_and_not_used_again() {
    own(5);
    now += 2 * SECOND;
    assertThat(beat(1, 4, null)).containsExactly(new Leases.Change.Lose(SHARD));

    assertThat(leases.claimed(Map.of(SHARD, 5L))).isEmpty();
    now += 2 * SECOND;
    assertThat(beatStep().giveBack()).containsExactly(SHARD);
    beat(1, 5, null);
    now += 2 * SECOND;
    beat(1, 5, null);
    assertThat(leases.claimed(Map.of(SHARD, 6L))).containsExactly(new Leases.Change.Own(SHARD, 6));
  }

  @Test
  void a_shard_that_another_holds_is_lost() {
    own(1);
    now += 2 * SECOND;

    assertThat(beat(2, 2, OTHER)).containsExactly(new Leases.Change.Lose(SHARD));
  }

  @Test
  void nobody_keeps_more_than_an_equal_share_and_nothing_is_given_back_before_it_has_drained() {
    join();
    List<Leases.Row> ours = new ArrayList<>();
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      ours.add(new Leases.Row(shard, 1, NONCE));
    }
    beat(new Leases.Beaten(true, 1, ours));
    now += 2 * SECOND;
    List<Leases.Change> changes = beat(new Leases.Beaten(true, 3, ours));

    assertThat(changes).hasSize(Shards.COUNT - 86);
    assertThat(changes).allMatch(change -> change instanceof Leases.Change.Release);
    now += 2 * SECOND;
    assertThat(beatStep().giveBack()).isEmpty();
    leases.drained(255, 1, now);
    assertThat(beatStep().giveBack()).containsExactly(255);
    ours.set(255, new Leases.Row(255, 1, null));
    assertThat(beat(new Leases.Beaten(true, 3, ours)))
        .containsExactly(new Leases.Change.Released(255, 1));
  }

  @Test
  void others_are_ended_only_when_they_could_have_renewed() {
    join();
    assertThat(beatStep().endExpired()).as("the first look").isFalse();
    beat(1, 0, null);
    leases.claimed(Map.of());
    now += 2 * SECOND;
    assertThat(beatStep().endExpired()).isTrue();
    beat(1, 0, null);
    leases.claimed(Map.of());
    now += Duration.ofSeconds(5).toNanos();
    assertThat(beatStep().endExpired()).as("the store was away").isFalse();
  }

  @Test
  void who_stops_releases_what_it_has_and_claims_nothing() {
    own(1);
    now += 2 * SECOND;
    assertThat(beatStep().stopping()).isFalse();

    assertThat(leases.stop(now)).containsExactly(new Leases.Change.Release(SHARD));
    assertThat(beatStep().stopping()).isTrue();
    assertThat(beat(1, 1, NONCE)).isEmpty();
    leases.drained(SHARD, 1, now);
    assertThat(beatStep().giveBack()).containsExactly(SHARD);
    assertThat(beat(1, 1, null)).containsExactly(new Leases.Change.Released(SHARD, 1));
    assertThat(leases.holdsAny()).isFalse();
    now += 2 * SECOND;
    assertThat(beatStep().stopping()).isTrue();
    beat(1, 1, null);
    assertThat(leases.next(now)).isInstanceOf(Leases.Step.Wait.class);
  }

  @Test
  void who_is_fenced_looks_again_at_once() {
    own(1);
    leases.fenced(SHARD, 1, now);

    assertThat(leases.holdsAny()).isFalse();
    assertThat(leases.next(now)).isInstanceOf(Leases.Step.Beat.class);
  }
}
