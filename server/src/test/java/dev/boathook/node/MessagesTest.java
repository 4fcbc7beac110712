package dev.boathook.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.Eventually;
import dev.boathook.store.Database;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MessagesTest {
  private static final UUID FIRST = UUID.fromString("01938f00-0000-7000-8000-000000000001");
  private static final UUID SECOND = UUID.fromString("01938f00-0000-7000-8000-000000000002");
  private static final Instant DUE = Instant.parse("2026-01-01T00:00:00.123Z");

  private static final List<Message> ONE_OF_EACH =
      List.of(
          new Message.Work(FIRST, true, DUE),
          new Message.Withdrawn(FIRST, SECOND),
          new Message.Attempted(FIRST, SECOND),
          new Message.LookAgain(255),
          new Message.LookThrough(),
          new Message.Shards(),
          new Message.Configuration());

  private TestingDatabase testing;
  private Database database;

  @BeforeAll
  void open() throws Exception {
    testing = TestingDatabase.freshDatabase();
    database =
        Database.open(
            new Target(
                testing.url(), Optional.of(testing.user()), Optional.of(testing.password())));
  }

  @AfterAll
  void close() {
    database.close();
  }

  /** Keeps what it hears. */
  private static final class Ears implements Messages.Listener {
    private final Queue<Message> heard = new ConcurrentLinkedQueue<>();
    private final AtomicInteger missed = new AtomicInteger();

    @Override
    public void heard(List<Message> messages) {
      heard.addAll(messages);
    }

    @Override
    public void missed() {
      missed.incrementAndGet();
    }
  }

  @Test
  void every_message_survives_its_wire_form() {
    assertThat(ONE_OF_EACH.stream().map(message -> (Object) message.getClass()))
        .containsExactlyInAnyOrder((Object[]) Message.class.getPermittedSubclasses());
    List<String> payloads = Message.payloads(ONE_OF_EACH, 7_900);
    assertThat(payloads).hasSize(1);
    assertThat(Message.parse(payloads.getFirst())).isEqualTo(ONE_OF_EACH);
    Message inNoLane = new Message.Work(SECOND, false, DUE);
    assertThat(Message.parse(Message.payloads(List.of(inNoLane), 7_900).getFirst()))
        .containsExactly(inNoLane);
  }

  @Test
  void work_is_never_told_to_be_due_later_than_it_is() {
    Message told = new Message.Work(FIRST, false, DUE.plusNanos(999_999));
    assertThat(Message.parse(Message.payloads(List.of(told), 7_900).getFirst()))
        .containsExactly(new Message.Work(FIRST, false, DUE));
  }

  @Test
  void many_go_in_texts_that_are_no_longer_than_is_said_and_each_goes_once() {
    List<Message> many = withdrawn(1_000);
    List<Message> twice = new ArrayList<>(many);
    twice.addAll(many);
    for (int max : new int[] {75, 76, 151, 7_900}) {
      List<String> payloads = Message.payloads(twice, max);
      assertThat(payloads)
          .allSatisfy(payload -> assertThat(payload.getBytes(UTF_8)).hasSizeBetween(1, max));
      assertThat(payloads.stream().flatMap(payload -> Message.parse(payload).stream()))
          .isEqualTo(many);
    }
    assertThat(Message.payloads(List.of(), 7_900)).isEmpty();
  }

  @Test
  void lines_of_a_newer_version_are_left_out() {
    assertThat(Message.parse("q 1 2 3\ns\nwork " + FIRST + "\n\nc"))
        .containsExactly(new Message.Shards(), new Message.Configuration());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "w",
        "w x u 1",
        "w 01938f00-0000-7000-8000-000000000001 u",
        "w 01938f00-0000-7000-8000-000000000001 u soon",
        "x 01938f00-0000-7000-8000-000000000001",
        "r 1 2",
        "a",
        "a 99999999999999999999"
      })
  void garbage_is_refused(String payload) {
    assertThatThrownBy(() -> Message.parse(payload)).isInstanceOf(RuntimeException.class);
  }

  /** The longest kind, in texts as long as they come: PostgreSQL takes no longer ones. */
  @Test
  void thousands_of_messages_pass_through_postgresql_and_none_is_lost() throws Exception {
    Ears ears = new Ears();
    try (Messages messages = new Messages(database)) {
      listen(messages, ears);
      List<Message> many = withdrawn(5_000);
      many.forEach(messages::send);
      Eventually.until(() -> ears.heard.size() >= many.size());
      assertThat(ears.heard).containsExactlyElementsOf(many);
    }
    assertThat(ears.missed).as("at the beginning only").hasValue(1);
  }

  @Test
  void garbage_from_elsewhere_makes_whoever_listens_look_itself_and_is_not_the_last_it_hears()
      throws Exception {
    Ears ears = new Ears();
    try (Messages messages = new Messages(database)) {
      listen(messages, ears);
      notifyAll("w nothing of ours");
      Eventually.until(() -> ears.missed.get() == 2);
      messages.send(new Message.LookAgain(7));
      Eventually.until(() -> ears.heard.contains(new Message.LookAgain(7)));
    }
  }

  @Test
  void when_the_connection_was_gone_whoever_listens_is_told_to_look_and_hears_again()
      throws Exception {
    Ears ears = new Ears();
    try (Messages messages = new Messages(database)) {
      listen(messages, ears);
      try (Connection connection = testing.connect();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN boathook'"
                + " AND datname = current_database()");
      }
      Eventually.until(() -> ears.missed.get() == 2);
      messages.send(new Message.LookAgain(8));
      Eventually.until(() -> ears.heard.contains(new Message.LookAgain(8)));
    }
  }

  @Test
  void what_was_to_be_sent_is_sent_before_the_end() throws Exception {
    Ears ears = new Ears();
    try (Messages listening = new Messages(database)) {
      listen(listening, ears);
      try (Messages messages = new Messages(database)) {
        withdrawn(1_500).forEach(messages::send);
      }
      Eventually.until(() -> ears.heard.size() == 1_500);
    }
  }

  private static void listen(Messages messages, Ears ears) throws Exception {
    messages.listen(ears);
    Eventually.until(() -> ears.missed.get() == 1);
  }

  private void notifyAll(String payload) throws SQLException {
    try (Connection connection = testing.connect();
        PreparedStatement statement =
            connection.prepareStatement("SELECT pg_notify('boathook', ?)")) {
      statement.setString(1, payload);
      statement.execute();
    }
  }

  private static List<Message> withdrawn(int count) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(new Message.Withdrawn(new UUID(1, i), new UUID(2, i)));
    }
    return messages;
  }
}
