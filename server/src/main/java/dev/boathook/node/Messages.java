package dev.boathook.node;

import dev.boathook.store.Database;
import dev.boathook.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends and hears messages by PostgreSQL's LISTEN and NOTIFY. They are hints that save time: when
 * some may have been missed, since the connection was gone or too many waited to be sent, whoever
 * listens is told to look through everything.
 */
public final class Messages implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Messages.class);
  private static final String NOTIFY = Sql.of(Messages.class, "notify");
  private static final String LISTEN = "LISTEN boathook";

  /** The payload of a notification is shorter than 8,000 bytes: PostgreSQL, NOTIFY. */
  private static final int MAX_PAYLOAD_CHARACTERS = 7_900;

  private static final int MAX_QUEUED = 10_000;
  private static final int MAX_BATCH = 1_000;
  private static final Duration POLL = Duration.ofMillis(500);

  /** A connection that is silently gone is noticed after so many polls. */
  private static final int POLLS_PER_CHECK = 20;

  private static final int VALID_TIMEOUT_SECONDS = 3;
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

  private final Database database;
  private final BlockingQueue<Message> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final AtomicBoolean overflown = new AtomicBoolean();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread sending;
  private @Nullable Thread hearing;

  /** Hears what other nodes, and this one, have sent. */
  public interface Listener {
    /** These were sent. */
    void heard(List<Message> messages);

    /** Some may have been missed. */
    void missed();
  }

  /** Sends by this database, from now on; hears nothing before {@link #listen}. */
  public Messages(Database database) {
    this.database = database;
    this.sending = Thread.ofPlatform().name("boathook-telling").daemon().start(this::tell);
  }

  /** Begins to listen. */
  public void listen(Listener listener) {
    hearing = Thread.ofPlatform().name("boathook-hearing").daemon().start(() -> hear(listener));
  }

  /** Sends soon. When some find no room, the others are told to look through everything. */
  public void send(Message message) {
    if (!queue.offer(message) && !overflown.getAndSet(true)) {
      LOG.warn("too much is to be told to other nodes; they are told to look themselves");
    }
  }

  private void tell() {
    List<Message> batch = new ArrayList<>();
    try {
      while (closing.getCount() > 0 || !queue.isEmpty()) {
        Message first = queue.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, MAX_BATCH);
        if (overflown.getAndSet(false)) {
          batch.add(new Message.LookThrough());
        }
        while (!tell(batch)) {
          if (closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
        }
        batch.clear();
      }
    } catch (InterruptedException e) {
      LOG.info("{} messages were not sent", queue.size() + batch.size());
    }
  }

  private boolean tell(List<Message> batch) {
    try (Connection connection = database.hotConnection();
        PreparedStatement statement = connection.prepareStatement(NOTIFY)) {
      for (String payload : Message.payloads(batch, MAX_PAYLOAD_CHARACTERS)) {
        statement.setString(1, payload);
        statement.execute();
      }
      return true;
    } catch (SQLException e) {
      LOG.warn("{} messages wait for the database: {}", batch.size(), e.getMessage());
      return false;
    }
  }

  private void hear(Listener listener) {
    try {
      while (closing.getCount() > 0) {
        try (Connection connection = database.listeningConnection();
            Statement statement = connection.createStatement()) {
          statement.execute(LISTEN);
          listener.missed();
          hear(connection, listener);
        } catch (SQLException e) {
          LOG.warn("other nodes are not heard for now: {}", e.getMessage());
          if (closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("stopped listening");
    }
  }

  private void hear(Connection connection, Listener listener) throws SQLException {
    PGConnection postgres = connection.unwrap(PGConnection.class);
    for (int polls = 1; closing.getCount() > 0; polls++) {
      if (polls % POLLS_PER_CHECK == 0 && !connection.isValid(VALID_TIMEOUT_SECONDS)) {
        return;
      }
      PGNotification @Nullable [] notifications = postgres.getNotifications((int) POLL.toMillis());
      if (notifications == null || notifications.length == 0) {
        continue;
      }
      try {
        List<Message> messages = new ArrayList<>();
        for (PGNotification notification : notifications) {
          messages.addAll(Message.parse(notification.getParameter()));
        }
        listener.heard(messages);
      } catch (RuntimeException e) {
        LOG.error("{} notifications could not be understood", notifications.length, e);
        listener.missed();
      }
    }
  }

  /** Sends what is still to be sent, for a bounded time, and ends. */
  @Override
  public void close() {
    closing.countDown();
    try {
      for (Thread thread : hearing == null ? List.of(sending) : List.of(sending, hearing)) {
        if (!thread.join(CLOSE_TIMEOUT)) {
          thread.interrupt();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
