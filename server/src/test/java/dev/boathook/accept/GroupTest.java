package dev.boathook.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.boathook.Eventually;
import dev.boathook.TestingDoor;
import dev.boathook.event.Origin;
import dev.boathook.store.TestingDatabase;
import dev.boathook.store.embedded.EmbeddedPostgres;
import dev.boathook.store.embedded.RestartListener;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that carry many events: all of them are taken or none. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupTest {
  private static final int MAX_QUEUED = 10;
  private static final int MAX_QUEUED_BYTES = 10_000;
  private static final int MAX_BATCH = 8;

  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private TestingDoor door;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    door =
        TestingDoor.open(
            database,
            folder,
            new Acceptor.Limits(MAX_QUEUED, MAX_QUEUED_BYTES, MAX_BATCH, 4L << 20, 10_000));
  }

  @AfterAll
  void close() {
    requests.shutdownNow();
    door.close();
  }

  @Test
  void the_answers_have_the_order_of_the_offers() throws Exception {
    List<Offer> offers = new ArrayList<>(group("order", MAX_QUEUED));
    Collections.reverse(offers);

    List<UUID> ids = ids(door.acceptor().accept(offers));

    assertThat(ids).isSortedAccordingTo((a, b) -> a.toString().compareTo(b.toString()));
    for (int i = 0; i < ids.size(); i++) {
      assertThat(door.query("SELECT external_id FROM event WHERE event_id = '" + ids.get(i) + "'"))
          .containsExactly(offers.get(i).externalId());
    }
  }

  @Test
  void offers_without_a_key_are_events_of_their_own_each() throws Exception {
    Offer offer = door.offer("keyless", null, "{}");

    assertThat(stored(door.acceptor().accept(List.of(offer, offer, offer))))
        .hasSize(3)
        .doesNotHaveDuplicates()
        .hasOnlyElementsOfType(Acceptance.Accepted.class);
  }

  @Test
  void a_key_that_repeats_within_a_group_is_a_duplicate_of_the_first() throws Exception {
    List<Acceptance.Stored> each =
        stored(
            door.acceptor()
                .accept(
                    List.of(
                        door.offer("within", "w1", "{}"),
                        door.offer("within", "w2", "{}"),
                        door.offer("within", "w1", "{\"other\":1}"),
                        door.offer("within", "w2", "{}"))));

    assertThat(each.subList(0, 2)).hasOnlyElementsOfType(Acceptance.Accepted.class);
    assertThat(each.subList(2, 4))
        .containsExactly(
            new Acceptance.Duplicate(each.get(0).eventId(), false),
            new Acceptance.Duplicate(each.get(1).eventId(), true));
    assertThat(door.query("SELECT external_id FROM event WHERE type = 'within'"))
        .containsExactlyInAnyOrder("w1", "w2");
    assertThat(
            door.query(
                "SELECT convert_from(body, 'UTF8') FROM duplicate_conflict WHERE event_id = '"
                    + each.getFirst().eventId()
                    + "'"))
        .containsExactly("{\"other\":1}");
  }

  @Test
  void other_bodies_of_known_keys_are_kept_in_one_commit_and_each_once() throws Exception {
    List<UUID> events = ids(door.acceptor().accept(group("conflicts", 3)));
    List<Offer> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(door.offer("conflicts", "conflicts" + i, "{\"other\":1}"));
      others.add(door.offer("conflicts", "conflicts" + i, "{\"other\":2}"));
      others.add(door.offer("conflicts", "conflicts" + i, "{\"other\":1}"));
    }

    assertThat(stored(door.acceptor().accept(others)))
        .isEqualTo(
            events.stream()
                .flatMap(id -> Stream.generate(() -> new Acceptance.Duplicate(id, false)).limit(3))
                .toList());

    assertThat(conflicts(events, "event_id || ' ' || convert_from(body, 'UTF8')"))
        .containsExactlyInAnyOrderElementsOf(
            events.stream()
                .flatMap(id -> Stream.of(id + " {\"other\":1}", id + " {\"other\":2}"))
                .toList());
    assertThat(conflicts(events, "DISTINCT xmin")).as("one commit").hasSize(1);
  }

  @Test
  void beyond_the_limit_other_bodies_are_not_kept_and_answered_all_the_same() throws Exception {
    List<UUID> events = ids(door.acceptor().accept(group("limit", 2)));
    for (int i = 0; i < Acceptor.MAX_CONFLICTS_KEPT - 1; i++) {
      accepted(door.offer("limit", "limit0", "{\"n\":" + i + "}"));
    }

    List<Acceptance.Stored> last =
        stored(
            door.acceptor()
                .accept(
                    List.of(
                        door.offer("limit", "limit0", "{\"n\":0}"),
                        door.offer("limit", "limit0", "{\"last\":1}"),
                        door.offer("limit", "limit0", "{\"beyond\":1}"),
                        door.offer("limit", "limit1", "{\"beyond\":1}"))));
    accepted(door.offer("limit", "limit0", "{\"beyond\":2}"));

    Acceptance.Duplicate ofFirst = new Acceptance.Duplicate(events.get(0), false);
    assertThat(last)
        .containsExactly(ofFirst, ofFirst, ofFirst, new Acceptance.Duplicate(events.get(1), false));
    assertThat(conflicts(events.subList(0, 1), "convert_from(body, 'UTF8')"))
        .as("what is kept already takes no place")
        .hasSize(Acceptor.MAX_CONFLICTS_KEPT)
        .contains("{\"n\":0}", "{\"last\":1}")
        .doesNotContain("{\"beyond\":1}", "{\"beyond\":2}");
    assertThat(conflicts(events.subList(1, 2), "convert_from(body, 'UTF8')"))
        .containsExactly("{\"beyond\":1}");
  }

  private void accepted(Offer offer) throws Exception {
    assertThat(door.acceptor().accept(offer)).isInstanceOf(Acceptance.Stored.class);
  }

  private List<String> conflicts(List<UUID> events, String what) throws Exception {
    return door.query(
        "SELECT %s FROM duplicate_conflict WHERE event_id IN (%s)"
            .formatted(
                what, events.stream().map(id -> "'" + id + "'").collect(Collectors.joining(","))));
  }

  @Test
  void what_an_earlier_request_brought_is_a_duplicate_and_the_rest_is_new() throws Exception {
    List<UUID> before = ids(door.acceptor().accept(group("across", 3)));

    List<Acceptance.Stored> after = stored(door.acceptor().accept(group("across", 5)));

    assertThat(after.subList(0, 3))
        .isEqualTo(before.stream().map(id -> new Acceptance.Duplicate(id, true)).toList());
    assertThat(after.subList(3, 5)).hasOnlyElementsOfType(Acceptance.Accepted.class);
    assertThat(stored(door.acceptor().accept(group("across", 5))))
        .isEqualTo(
            after.stream().map(one -> new Acceptance.Duplicate(one.eventId(), true)).toList());
  }

  @Test
  void requests_of_one_batch_that_share_keys_have_one_event_for_each_key() throws Exception {
    Future<GroupAcceptance> first;
    Future<Acceptance> single;
    Future<GroupAcceptance> second;
    try (Connection _ = door.holdAccepting()) {
      plug();
      first = queued(group("shared", 3));
      single = queued(door.offer("shared", "shared2", "{}"));
      second = queued(group("shared", 4));
    }

    List<Acceptance.Stored> each = stored(first.get());
    assertThat(each).hasOnlyElementsOfType(Acceptance.Accepted.class);
    assertThat(single.get()).isEqualTo(new Acceptance.Duplicate(each.get(2).eventId(), true));
    assertThat(stored(second.get()).subList(0, 3))
        .isEqualTo(
            each.stream().map(one -> new Acceptance.Duplicate(one.eventId(), true)).toList());
    assertThat(door.query("SELECT external_id FROM event WHERE type = 'shared' ORDER BY 1"))
        .containsExactly("shared0", "shared1", "shared2", "shared3");
    assertThat(door.query("SELECT DISTINCT xmin FROM event WHERE type = 'shared'"))
        .as("one commit")
        .hasSize(1);
  }

  @Test
  void a_group_is_not_split_over_batches() throws Exception {
    Future<GroupAcceptance> first;
    Future<GroupAcceptance> second;
    try (Connection _ = door.holdAccepting()) {
      plug();
      first = queued(group("whole_a", MAX_BATCH - 3));
      second = queued(group("whole_b", 5));
    }

    assertThat(ids(first.get())).hasSize(MAX_BATCH - 3);
    assertThat(ids(second.get())).hasSize(5);
    assertThat(door.query("SELECT DISTINCT xmin FROM event WHERE type LIKE 'whole__'"))
        .as("the batch takes the group that it has begun")
        .hasSize(1);
  }

  @Test
  void a_group_with_what_cannot_be_stored_is_refused_whole_and_takes_no_other_with_it()
      throws Exception {
    Future<GroupAcceptance> bad;
    Future<Acceptance> single;
    Future<GroupAcceptance> good;
    try (Connection _ = door.holdAccepting()) {
      plug();
      bad =
          queued(
              List.of(
                  door.offer("bad", "bad0", "{}"),
                  door.unstorable("bad", "bad1"),
                  door.offer("bad", "bad2", "{}")));
      single = queued(door.offer("good", "good", "{}"));
      // Its first key is one that the refused group had before it.
      good = queued(List.of(door.offer("good", "bad2", "{}"), door.offer("good", "good1", "{}")));
    }

    assertThat(bad.get()).isInstanceOf(Acceptance.Unacceptable.class);
    assertThat(single.get()).isInstanceOf(Acceptance.Accepted.class);
    assertThat(stored(good.get())).hasOnlyElementsOfType(Acceptance.Accepted.class);
    assertThat(door.query("SELECT type FROM event WHERE type = 'bad'")).isEmpty();
    assertThat(door.query("SELECT external_id FROM event WHERE type = 'good'"))
        .containsExactlyInAnyOrder("good", "bad2", "good1");
  }

  @Test
  void a_group_whose_statement_the_database_ends_is_unavailable_whole_and_may_come_again()
      throws Exception {
    Future<GroupAcceptance> cut;
    try (Connection _ = door.holdAccepting();
        Connection administrator = database.connectAsAdministrator();
        Statement statement = administrator.createStatement()) {
      cut = requests.submit(() -> door.acceptor().accept(group("cut", 4)));
      Eventually.until(() -> {
        try (var row =
            statement.executeQuery(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
          return row.next() && row.getInt(1) > 0;
        }
      });

      assertThat(cut.get())
          .isEqualTo(new Acceptance.Unavailable(Acceptance.Unavailable.Reason.DATABASE));
      assertThat(door.query("SELECT 1 FROM event WHERE type = 'cut'")).isEmpty();
    }
    assertThat(stored(door.acceptor().accept(group("cut", 4))))
        .hasOnlyElementsOfType(Acceptance.Accepted.class);
  }

  @Test
  void the_queues_bounds_hold_for_a_group_as_a_whole() throws Exception {
    GroupAcceptance full = new Acceptance.Unavailable(Acceptance.Unavailable.Reason.QUEUE_FULL);
    List<Future<GroupAcceptance>> waiting = new ArrayList<>();
    try (Connection _ = door.holdAccepting()) {
      plug();
      waiting.add(queued(group("bound_a", 6)));
      assertThat(door.acceptor().accept(group("bound_b", MAX_QUEUED - 6 + 1))).isEqualTo(full);
      String large = "x".repeat(MAX_QUEUED_BYTES / 2);
      assertThat(
              door.acceptor()
                  .accept(
                      List.of(
                          door.offer("bound_c", "c1", large), door.offer("bound_c", "c2", large))))
          .isEqualTo(full);
      waiting.add(queued(group("bound_d", MAX_QUEUED - 6)));
      assertThat(door.acceptor().queued()).isEqualTo(MAX_QUEUED);
      assertThat(door.acceptor().accept(door.offer("bound_e", "e", ""))).isEqualTo(full);
    }
    for (Future<GroupAcceptance> group : waiting) {
      assertThat(stored(group.get())).hasOnlyElementsOfType(Acceptance.Accepted.class);
    }
    assertThat(door.query("SELECT DISTINCT type FROM event WHERE type LIKE 'bound__' ORDER BY 1"))
        .containsExactly("bound_a", "bound_d");
    assertThat(door.acceptor().queued()).isZero();
    assertThat(ids(door.acceptor().accept(group("bound_f", MAX_QUEUED)))).hasSize(MAX_QUEUED);
  }

  @Test
  void a_group_is_of_one_origin_and_of_bounded_number() {
    Origin other = Origin.source(new UUID(1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            door.acceptor()
                .accept(
                    List.of(door.offer("a", null, ""), door.offer(other, "a", null, "", null))));
    assertThatIllegalArgumentException().isThrownBy(() -> door.acceptor().accept(List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> door.acceptor().accept(group("many", Acceptor.MAX_GROUP_OFFERS + 1)));
  }

  @Test
  void groups_survive_a_killed_database_whole_or_not_at_all(@TempDir Path folder) throws Exception {
    int size = 100;
    AtomicInteger restarts = new AtomicInteger();
    RestartListener listener = pid -> restarts.incrementAndGet();
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.start(
                EmbeddedPostgres.Options.of(folder.resolve("database")),
                new SecureRandom(),
                listener);
        TestingDoor own =
            TestingDoor.open(
                new TestingDatabase(postgres.jdbcUrl(), postgres.user(), postgres.password()),
                folder)) {
      Set<String> stored = ConcurrentHashMap.newKeySet();
      Set<String> unavailable = ConcurrentHashMap.newKeySet();
      List<Future<?>> senders = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String sender = "kill" + i + "_";
        senders.add(
            requests.submit(() -> {
              for (int n = 0; n < 20 || (restarts.get() == 0 && n < 10_000); n++) {
                String name = sender + n + "_";
                boolean isStored =
                    own.acceptor().accept(group(own, name, size))
                        instanceof GroupAcceptance.AllStored;
                (isStored ? stored : unavailable).add(name);
              }
              return null;
            }));
      }
      Eventually.until(() -> stored.size() >= 10);
      ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();
      for (Future<?> sender : senders) {
        sender.get();
      }

      assertThat(restarts).hasPositiveValue();
      assertThat(own.query("SELECT type FROM event GROUP BY type HAVING count(*) <> " + size))
          .isEmpty();
      List<String> found = own.query("SELECT DISTINCT type FROM event");
      assertThat(found).containsAll(stored);
      found.removeAll(stored);
      assertThat(unavailable).as("whose commit was under way").containsAll(found);
    }
  }

  private List<Offer> group(String name, int size) {
    return group(door, name, size);
  }

  private static List<Offer> group(TestingDoor at, String name, int size) {
    return IntStream.range(0, size).mapToObj(i -> at.offer(name, name + i, "{}")).toList();
  }

  /** Gives the writer something to be held up by, so that what comes then is one batch. */
  private void plug() throws Exception {
    var _ = requests.submit(() -> door.acceptor().accept(door.offer("plug", null, "{}")));
    Eventually.until(() ->
        door.query(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND wait_event_type = 'Lock'")
                .size()
            == 1);
  }

  private Future<GroupAcceptance> queued(List<Offer> offers) throws Exception {
    int before = door.acceptor().queued();
    Future<GroupAcceptance> answer = requests.submit(() -> door.acceptor().accept(offers));
    Eventually.until(() -> door.acceptor().queued() == before + offers.size());
    return answer;
  }

  private Future<Acceptance> queued(Offer offer) throws Exception {
    int before = door.acceptor().queued();
    Future<Acceptance> answer = requests.submit(() -> door.acceptor().accept(offer));
    Eventually.until(() -> door.acceptor().queued() == before + 1);
    return answer;
  }

  private static List<Acceptance.Stored> stored(GroupAcceptance answer) {
    assertThat(answer).isInstanceOf(GroupAcceptance.AllStored.class);
    return ((GroupAcceptance.AllStored) answer).each();
  }

  private static List<UUID> ids(GroupAcceptance answer) {
    return stored(answer).stream().map(Acceptance.Stored::eventId).toList();
  }
}
