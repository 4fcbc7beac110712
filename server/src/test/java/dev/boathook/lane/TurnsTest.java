package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.outbound.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final EngineLimits LIMITS = EngineLimits.DEFAULT;
  private static final int PLACES = LIMITS.maxBusy();
  private static final int WANTED_BY_EACH = 2_000;

  private final Shares shares = new Shares(LIMITS);
  private final Turns turns = new Turns(shares, true);
  private final Map<UUID, Group> groups = new HashMap<>();
  private final List<EndpointQueue> endpoints = new ArrayList<>();
  private int made;

  @Test
  void one_group_alone_leaves_one_part_in_nine_free() {
    EndpointQueue first = endpoint(1, 1);
    for (int i = 0; i < 98; i++) {
      var _ = endpoint(1, 1);
    }
    EndpointQueue last = endpoint(1, 1);

    fill();

    assertThat(PLACES - shares.all().attempts()).isBetween(PLACES / 9, PLACES / 9 + 3);
    assertThat(first.busy().attempts() - last.busy().attempts()).isBetween(0, 1);
  }

  @Test
  void an_endpoint_alone_leaves_one_part_in_five_free() {
    var _ = endpoint(1, 1);

    fill();

    assertThat(PLACES - shares.all().attempts()).isBetween(PLACES / 5, PLACES / 5 + 1);
  }

  @Test
  void groups_have_places_by_their_weights() {
    EndpointQueue light = endpoint(1, 1);
    EndpointQueue middle = endpoint(2, 3);
    EndpointQueue heavy = endpoint(3, 6);

    fill();

    assertThat(middle.busy().attempts())
        .isBetween(3 * light.busy().attempts() - 2, 3 * light.busy().attempts() + 2);
    assertThat(heavy.busy().attempts())
        .isBetween(6 * light.busy().attempts() - 2, 6 * light.busy().attempts() + 2);
    assertThat(PLACES - shares.all().attempts()).isPositive();
  }

  @Test
  void a_group_of_many_endpoints_has_twice_as_much_as_a_group_of_one_and_no_more() {
    for (int i = 0; i < PLACES; i++) {
      var _ = endpoint(1, 1);
    }
    fill();
    int free = PLACES - shares.all().attempts();
    assertThat(free).as("what the many leave").isGreaterThan(PLACES / 10);

    EndpointQueue other = endpoint(2, 1);
    fill();
    assertThat(other.busy().attempts())
        .as("as much as is free by then, four times")
        .isGreaterThan(free / 2);

    // What ends is the other group's, until both have as much.
    EndpointQueue some = groupsEndpoint(1);
    for (int i = 0; i < PLACES; i++) {
      end(some);
      fill();
      some = groupsEndpoint(1);
    }
    assertThat(some.group.busy(true).attempts())
        .isLessThanOrEqualTo(2 * other.group.busy(true).attempts() + 2);
  }

  @Test
  void who_has_large_bodies_out_leaves_bytes_for_others() {
    EndpointQueue large = endpoint(1, 1);
    int body = (int) LIMITS.maxBusyBytes() / 100;
    fill(body);
    assertThat(large.busy().attempts()).isBetween(79, 81);

    EndpointQueue small = endpoint(2, 1);
    fill(0);

    assertThat(small.busy().attempts()).isGreaterThan(PLACES / 2);
  }

  @Test
  void the_endpoints_of_a_group_come_one_after_another() {
    List<EndpointQueue> row = List.of(endpoint(1, 3), endpoint(1, 3), endpoint(1, 3));

    for (int round = 0; round < 3; round++) {
      for (EndpointQueue expected : row) {
        assertThat(begin(0)).isSameAs(expected);
        turns.add(expected);
      }
    }
  }

  @Test
  void among_equals_who_has_waited_longest_is_first() {
    EndpointQueue first = endpoint(3, 1);
    EndpointQueue second = endpoint(1, 1);
    EndpointQueue third = endpoint(2, 1);

    for (EndpointQueue expected : List.of(first, second, third, first, second, third)) {
      EndpointQueue taken = Objects.requireNonNull(turns.next());
      assertThat(taken).isSameAs(expected);
      turns.add(taken);
    }
  }

  @Test
  void a_group_that_has_less_out_than_before_is_first() {
    EndpointQueue first = endpoint(1, 1);
    EndpointQueue second = endpoint(2, 1);
    fill();
    end(first);
    end(first);
    end(second);

    assertThat(turns.next()).isSameAs(first);
  }

  @Test
  void when_all_have_been_taken_there_is_none() {
    assertThat(turns.first(Long.MAX_VALUE)).isNull();
    assertThat(turns.next()).isNull();
    EndpointQueue only = endpoint(1, 1);
    turns.add(only);
    assertThat(turns.first(Long.MAX_VALUE)).isSameAs(only);
    assertThat(turns.first(0)).isNull();
    assertThat(turns.next()).isSameAs(only);
    assertThat(turns.first(Long.MAX_VALUE)).isNull();
    assertThat(turns.next()).isNull();
    assertThatThrownBy(() -> turns.remove(only)).isInstanceOf(IllegalStateException.class);
  }

  private void fill() {
    fill(0);
  }

  /** All begin as much as they may. */
  private void fill(int body) {
    while (turns.first(shares.limit(true)) != null) {
      EndpointQueue queue = begin(body);
      if (queue.busy().attempts() < WANTED_BY_EACH) {
        turns.add(queue);
      }
    }
  }

  private EndpointQueue begin(int body) {
    EndpointQueue queue = Objects.requireNonNull(turns.next());
    shares.begun(body);
    become(queue, queue.busy().plus(shares.attempt(body)));
    return queue;
  }

  private void end(EndpointQueue queue) {
    shares.ended(0);
    become(queue, queue.busy().minus(shares.attempt(0)));
    turns.add(queue);
  }

  private void become(EndpointQueue queue, Busy busy) {
    queue.become(busy);
    turns.changed(queue.group);
  }

  /** One of the group's that has something out. */
  private EndpointQueue groupsEndpoint(int group) {
    return endpoints.stream()
        .filter(queue -> queue.group.groupId.equals(group(group)) && queue.busy().attempts() > 0)
        .findFirst()
        .orElseThrow();
  }

  private EndpointQueue endpoint(int number, int weight) {
    Terms terms =
        new Terms(
            new UUID(0, 0),
            new UUID(1, ++made),
            group(number),
            weight,
            DeliveryPolicy.DEFAULT,
            true,
            null,
            Instant.EPOCH);
    Group group = groups.computeIfAbsent(terms.groupId(), Group::new);
    group.weight = weight;
    EndpointQueue queue = new EndpointQueue(terms, group, new Memory(LIMITS), shares);
    var _ = queue.noteHealth(new Outcome.Delivered(204), Instant.EPOCH);
    endpoints.add(queue);
    turns.add(queue);
    return queue;
  }

  private static UUID group(int number) {
    return new UUID(2, number);
  }
}
