package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.endpoint.DeliveryPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Turns turns = new Turns();
  private int made;

  @Test
  void groups_have_turns_by_their_weights_at_any_moment() {
    Map<UUID, Integer> weights =
        new TreeMap<>(Map.of(group(1), 1, group(2), 2, group(3), 5, group(4), 12));
    weights.forEach((group, weight) -> turns.add(endpoint(group, weight)));
    int sum = weights.values().stream().mapToInt(Integer::intValue).sum();

    Map<UUID, Integer> had = new TreeMap<>();
    for (int turn = 1; turn <= 50 * sum; turn++) {
      had.merge(taken(), 1, Integer::sum);
      for (Map.Entry<UUID, Integer> weight : weights.entrySet()) {
        double fair = (double) turn * weight.getValue() / sum;
        assertThat((double) had.getOrDefault(weight.getKey(), 0))
            .as("turns of weight %d among %d", weight.getValue(), turn)
            .isBetween(fair - 2, fair + 2);
      }
    }
  }

  @Test
  void the_lightest_has_its_turn_beside_the_heaviest() {
    turns.add(endpoint(group(1), 100));
    turns.add(endpoint(group(2), 1));

    for (int round = 0; round < 20; round++) {
      assertThat(Collections.frequency(taken(101), group(2))).isEqualTo(1);
    }
  }

  @Test
  void a_group_gains_nothing_by_having_many_endpoints() {
    for (int i = 0; i < 50; i++) {
      turns.add(endpoint(group(1), 1));
    }
    turns.add(endpoint(group(2), 1));

    assertThat(Collections.frequency(taken(100), group(2))).isEqualTo(50);
  }

  @Test
  void endpoints_of_a_group_come_one_after_another() {
    List<EndpointQueue> row =
        List.of(endpoint(group(1), 3), endpoint(group(1), 3), endpoint(group(1), 3));
    row.forEach(turns::add);
    turns.add(endpoint(group(2), 1));

    List<EndpointQueue> had = new ArrayList<>();
    while (had.size() < 9) {
      EndpointQueue queue = next();
      turns.add(queue);
      if (queue.terms.groupId().equals(group(1))) {
        had.add(queue);
      }
    }
    assertThat(had.subList(0, 3)).isEqualTo(row);
    assertThat(had.subList(3, 6)).isEqualTo(row);
    assertThat(had.subList(6, 9)).isEqualTo(row);
  }

  @Test
  void who_is_new_has_no_claim_for_the_time_before() {
    turns.add(endpoint(group(1), 1));
    taken(1_000);
    turns.add(endpoint(group(2), 1));

    assertThat(Collections.frequency(taken(10), group(2))).isBetween(4, 6);
  }

  @Test
  void who_had_nothing_to_do_has_no_claim_for_that_time() {
    turns.add(endpoint(group(1), 1));
    turns.add(endpoint(group(2), 1));
    EndpointQueue idle = next();
    while (!idle.terms.groupId().equals(group(2))) {
      turns.add(idle);
      idle = next();
    }
    taken(1_000);
    turns.add(idle);

    assertThat(Collections.frequency(taken(10), group(2))).isBetween(4, 6);
  }

  @Test
  void who_leaves_the_row_after_a_turn_is_not_first_again() {
    turns.add(endpoint(group(2), 1));
    turns.add(endpoint(group(3), 1));
    // Its id is the least, which decides among equals: it must not win every time by that.
    turns.add(endpoint(group(1), 1));

    assertThat(Collections.frequency(taken(30), group(1))).isEqualTo(10);
  }

  @Test
  void when_all_have_been_taken_there_is_none() {
    assertThat(turns.isEmpty()).isTrue();
    assertThat(turns.next()).isNull();
    EndpointQueue only = endpoint(group(1), 1);
    turns.add(only);
    assertThat(turns.isEmpty()).isFalse();
    assertThat(turns.next()).isSameAs(only);
    assertThat(turns.isEmpty()).isTrue();
    assertThat(turns.next()).isNull();
  }

  /** Past 10,000 groups without work they are forgotten. */
  @Test
  void turns_are_fair_still_when_thousands_of_groups_have_come_and_gone() {
    turns.add(endpoint(group(1), 1));
    taken(100);
    for (int i = 10; i < 10_100; i++) {
      turns.add(endpoint(group(i), 1));
      while (!next().terms.groupId().equals(group(i))) {
        turns.add(endpoint(group(1), 1));
      }
      if (turns.isEmpty()) {
        turns.add(endpoint(group(1), 1));
      }
    }
    turns.add(endpoint(group(2), 1));

    assertThat(Collections.frequency(taken(10), group(2))).isBetween(4, 6);
  }

  private List<UUID> taken(int count) {
    List<UUID> groups = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      groups.add(taken());
    }
    return groups;
  }

  /** Whose turn it was; it stands in the row again at once. */
  private UUID taken() {
    EndpointQueue queue = next();
    turns.add(queue);
    return queue.terms.groupId();
  }

  private EndpointQueue next() {
    return Objects.requireNonNull(turns.next());
  }

  private EndpointQueue endpoint(UUID group, int weight) {
    Terms terms =
        new Terms(
            new UUID(0, 0),
            new UUID(1, ++made),
            group,
            weight,
            DeliveryPolicy.DEFAULT,
            true,
            null,
            Instant.EPOCH);
    return new EndpointQueue(terms, new Memory(Engine.Limits.DEFAULT));
  }

  private static UUID group(int number) {
    return new UUID(2, number);
  }
}
