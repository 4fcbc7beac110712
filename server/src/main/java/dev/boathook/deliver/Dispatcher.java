package dev.boathook.deliver;

import dev.boathook.endpoint.Endpoint;
import dev.boathook.event.Event;
import dev.boathook.event.Events;
import dev.boathook.event.Origin;
import dev.boathook.lane.DeliveryState;
import dev.boathook.lane.Engine;
import dev.boathook.lane.Resolution;
import dev.boathook.lane.Waiting;
import dev.boathook.outbound.AttemptResult;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.HttpSender;
import dev.boathook.outbound.OutboundRequest;
import dev.boathook.outbound.Outcome;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.signatures.Headers;
import dev.boathook.source.Source;
import dev.boathook.store.Database;
import dev.boathook.store.Sql;
import dev.boathook.world.World;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell around the {@link Engine}: a virtual thread for every attempt and every load, one
 * thread that wakes the engine on time, and the {@link Recorder}. No lock, transaction or
 * connection is held while a request is out.
 */
public final class Dispatcher implements AutoCloseable, Directory.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final String LOAD = Sql.of(Dispatcher.class, "load_waiting");
  private static final String SURVEY = Sql.of(Dispatcher.class, "waiting_endpoints");

  /** A net under the engine: a lost wake-up would be found after so long. */
  private static final Duration SURVEY_INTERVAL = Duration.ofMinutes(5);

  private static final Duration MAX_SLEEP = Duration.ofSeconds(1);

  /** How long a delivery waits that could not be tried for a reason of ours. */
  private static final Duration UNSENT_WAIT = Duration.ofSeconds(1);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

  private final World world;
  private final Database database;
  private final Directory directory;
  private final HttpSender sender;
  private final Replies replies;
  private final Listener listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Engine engine = new Engine(Engine.Limits.DEFAULT);
  private final Recorder recorder;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private boolean started;
  private boolean stopping;

  /**
   * Nothing is sent before {@link #start}.
   *
   * @param listener hears of what happens, for metrics, logs and the disabling of endpoints
   */
  public Dispatcher(
      World world, Database database, Directory directory, HttpSender sender, Listener listener) {
    this.world = world;
    this.database = database;
    this.directory = directory;
    this.sender = sender;
    this.replies = new Replies(world.ticker());
    this.listener = listener;
    this.recorder = new Recorder(database, this::recorded);
  }

  /** Hears of every attempt. */
  public interface Listener {
    /** An attempt has ended and is in the store. */
    void attempted(Ended ended);

    /** The endpoint says that it is gone for good (410). */
    void gone(Endpoint endpoint);
  }

  /**
   * An attempt that has ended.
   *
   * @param projectId the project
   * @param outcome how it ended
   * @param state what the attempt made of the delivery; waiting if others had finished it before
   * @param duration of the attempt
   * @param sinceAccepted from the acceptance of the event to now
   */
  public record Ended(
      UUID projectId,
      Outcome outcome,
      DeliveryState state,
      Duration duration,
      Duration sinceAccepted) {}

  /**
   * Takes note of every endpoint that there is and will be. Must come before the first event is
   * accepted: of an endpoint that it does not know, the engine takes no delivery.
   */
  public void watchEndpoints() {
    directory.addListener(this);
    for (ProjectView project : directory.projects()) {
      project.endpoints().values().forEach(this::endpointChanged);
    }
  }

  /**
   * Begins to deliver: first of all what waits from before.
   *
   * @throws SQLException when the store cannot be read
   */
  public void start() throws SQLException {
    survey();
    lock.lock();
    try {
      started = true;
    } finally {
      lock.unlock();
    }
    Thread.ofPlatform().name("boathook-dispatcher").daemon().start(this::keepTime);
  }

  /** These are about to be committed; must be followed by one of the next two. */
  public void reserve(List<Waiting> deliveries) {
    act(now -> engine.reserve(deliveries));
  }

  /** These, reserved before, are committed. */
  public void committed(List<Waiting> deliveries) {
    act(now -> engine.committed(deliveries, now));
  }

  /**
   * These, reserved before, were not committed.
   *
   * @param certain false when the answer to the commit was lost, so that they may be there
   */
  public void abandoned(List<Waiting> deliveries, boolean certain) {
    act(now -> engine.abandoned(deliveries, certain, now));
  }

  /** The store has a delivery for this endpoint that came by another way, due at this time. */
  public void expect(UUID endpointId, Instant due) {
    act(now -> engine.expect(endpointId, due, now));
  }

  /** This delivery was finished by another way and is not to be sent. */
  public void withdrawn(UUID endpointId, UUID deliveryId) {
    act(now -> engine.withdrawn(endpointId, deliveryId, now));
  }

  @Override
  public void endpointChanged(Endpoint endpoint) {
    Engine.Policy policy =
        new Engine.Policy(
            endpoint.policy().maxInFlight(),
            endpoint.policy().retries(),
            endpoint.status() == Endpoint.Status.ACTIVE);
    act(now -> engine.configure(endpoint.projectId(), endpoint.id(), policy, now));
  }

  @Override
  public void endpointDeleted(UUID projectId, UUID endpointId) {
    act(now -> engine.forget(endpointId, now));
  }

  /** Those who wait for what the attempts are answered. */
  public Replies replies() {
    return replies;
  }

  /** How many attempts are out or not yet recorded. */
  public int busy() {
    lock.lock();
    try {
      return engine.busy();
    } finally {
      lock.unlock();
    }
  }

  private void act(Consumer<Instant> input) {
    List<Engine.Effect> effects;
    lock.lock();
    try {
      Instant now = world.clock().instant();
      input.accept(now);
      effects = started && !stopping ? engine.advance(now) : List.of();
      changed.signalAll();
      if (stopping && engine.busy() == 0) {
        stopped.countDown();
      }
    } finally {
      lock.unlock();
    }
    perform(effects);
  }

  private void perform(List<Engine.Effect> effects) {
    for (Engine.Effect effect : effects) {
      switch (effect) {
        case Engine.Effect.Send send -> Thread.startVirtualThread(() -> attempt(send.delivery()));
        case Engine.Effect.Load load -> Thread.startVirtualThread(() -> load(load));
      }
    }
  }

  private void keepTime() {
    long surveyedNanos = world.ticker().nanoTime();
    while (true) {
      List<Engine.Effect> effects;
      lock.lock();
      try {
        if (stopping) {
          return;
        }
        Instant now = world.clock().instant();
        effects = engine.advance(now);
        if (effects.isEmpty()) {
          Instant wake = engine.nextWake();
          Duration wait = wake == null ? MAX_SLEEP : Duration.between(now, wake);
          // A clock that is set back or forth is noticed after a second at most.
          long millis = Math.clamp(wait.toMillis(), 1, MAX_SLEEP.toMillis());
          var _ = changed.await(millis, TimeUnit.MILLISECONDS);
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        lock.unlock();
      }
      perform(effects);
      if (world.ticker().nanoTime() - surveyedNanos >= SURVEY_INTERVAL.toNanos()) {
        surveyedNanos = world.ticker().nanoTime();
        Thread.startVirtualThread(this::surveyAgain);
      }
    }
  }

  private void surveyAgain() {
    try {
      survey();
    } catch (SQLException e) {
      LOG.warn("could not look for waiting deliveries: {}", e.getMessage());
    }
  }

  private void survey() throws SQLException {
    for (ProjectView project : directory.projects()) {
      try (Connection connection = database.hotConnection();
          PreparedStatement statement = connection.prepareStatement(SURVEY)) {
        statement.setObject(1, project.projectId());
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            expect(
                row.getObject("endpoint_id", UUID.class), row.getTimestamp("due_at").toInstant());
          }
        }
      }
    }
  }

  private void load(Engine.Effect.Load load) {
    List<Waiting> rows = new ArrayList<>();
    try (Connection connection = database.hotConnection();
        PreparedStatement statement = connection.prepareStatement(LOAD)) {
      statement.setObject(1, load.projectId());
      statement.setObject(2, load.endpointId());
      statement.setInt(3, load.limit());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.add(
              new Waiting(
                  load.projectId(),
                  row.getObject("delivery_id", UUID.class),
                  row.getObject("event_id", UUID.class),
                  load.endpointId(),
                  row.getInt("attempts"),
                  row.getTimestamp("due_at").toInstant(),
                  row.getInt("body_bytes"),
                  null));
        }
      }
    } catch (SQLException e) {
      LOG.warn("waiting deliveries could not be read: {}", e.getMessage());
      act(now -> engine.loadFailed(load.endpointId(), now));
      return;
    } catch (RuntimeException | Error e) {
      LOG.error("a bug stopped the reading of waiting deliveries", e);
      act(now -> engine.loadFailed(load.endpointId(), now));
      return;
    }
    act(now -> engine.loaded(load.endpointId(), rows, load.limit(), now));
  }

  private void attempt(Waiting delivery) {
    Instant startedAt = world.clock().instant();
    Optional<ProjectView> project = directory.project(delivery.projectId());
    Optional<Endpoint> endpoint = project.map(view -> view.endpoints().get(delivery.endpointId()));
    Outcome outcome;
    try {
      if (endpoint.isEmpty() || endpoint.get().status() != Endpoint.Status.ACTIVE) {
        unsent(delivery);
        return;
      }
      Optional<Event> event = event(delivery);
      if (event.isEmpty()) {
        LOG.error("delivery {} has no event {}", delivery.deliveryId(), delivery.eventId());
        failed(delivery, startedAt, "the event is no longer kept");
        return;
      }
      outcome = send(delivery, event.get(), endpoint.get(), project.get(), startedAt);
    } catch (SQLException e) {
      LOG.warn("an event could not be read for delivery: {}", e.getMessage());
      unsent(delivery);
      return;
    } catch (InterruptedException e) {
      unsent(delivery);
      return;
    } catch (RuntimeException | Error e) {
      LOG.error("a bug stopped an attempt of delivery {}", delivery.deliveryId(), e);
      failed(delivery, startedAt, "a bug of ours: " + e.getClass().getSimpleName());
      return;
    }
    if (outcome instanceof Outcome.Gone) {
      listener.gone(endpoint.get());
    }
  }

  private Optional<Event> event(Waiting delivery) throws SQLException {
    Event held = delivery.event();
    if (held != null) {
      return Optional.of(held);
    }
    try (Connection connection = database.hotConnection()) {
      return Events.find(connection, delivery.projectId(), delivery.eventId());
    }
  }

  private Outcome send(
      Waiting delivery, Event event, Endpoint endpoint, ProjectView project, Instant startedAt)
      throws InterruptedException {
    Optional<String> source =
        event.origin().kind() == Origin.Kind.SOURCE
            ? Optional.ofNullable(project.sources().get(event.origin().id())).map(Source::name)
            : Optional.empty();
    OutboundRequest request = Requests.of(event, endpoint, source, startedAt);
    AttemptResult result = sender.send(request);
    replies.ended(delivery.deliveryId(), result);
    record(
        delivery,
        new Attempt(
            startedAt,
            Duration.ofNanos(result.durationNanos()),
            result.outcome(),
            status(result.outcome()),
            result.remoteAddress(),
            headers(request.headers()),
            headers(result.responseHeaders()),
            result.responseBody(),
            result.truncated()),
        event.acceptedAt());
    return result.outcome();
  }

  private void failed(Waiting delivery, Instant startedAt, String detail) {
    replies.none(delivery.deliveryId(), Reply.None.Reason.FAILED, detail);
    Attempt attempt =
        new Attempt(
            startedAt,
            Duration.between(startedAt, world.clock().instant()),
            new Outcome.Internal(detail),
            null,
            null,
            Headers.of(),
            Headers.of(),
            new byte[0],
            false);
    record(delivery, attempt, startedAt);
  }

  private void record(Waiting delivery, Attempt attempt, Instant acceptedAt) {
    double chance = world.random().nextDouble();
    Resolution resolution;
    lock.lock();
    try {
      resolution = engine.attempted(delivery, attempt.outcome(), chance, world.clock().instant());
    } finally {
      lock.unlock();
    }
    recorder.add(new Recorder.Entry(resolution, attempt, acceptedAt));
  }

  private void unsent(Waiting delivery) {
    replies.none(
        delivery.deliveryId(), Reply.None.Reason.NOT_ASKED, "the endpoint could not be asked now");
    act(now -> engine.unsent(delivery, now.plus(UNSENT_WAIT), now));
  }

  private void recorded(List<Recorder.Entry> batch, Set<UUID> moved) {
    act(now -> {
      for (Recorder.Entry entry : batch) {
        Waiting delivery = entry.resolution().delivery();
        engine.recorded(entry.resolution(), moved.contains(delivery.deliveryId()), now);
      }
    });
    for (Recorder.Entry entry : batch) {
      Instant ended = entry.attempt().startedAt().plus(entry.attempt().duration());
      listener.attempted(
          new Ended(
              entry.resolution().delivery().projectId(),
              entry.attempt().outcome(),
              moved.contains(entry.resolution().delivery().deliveryId())
                  ? entry.resolution().state()
                  : DeliveryState.WAITING,
              entry.attempt().duration(),
              Duration.between(entry.acceptedAt(), ended)));
    }
  }

  private static @Nullable Integer status(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered delivered -> delivered.status();
      case Outcome.Refused refused -> refused.status();
      case Outcome.Gone gone -> 410;
      case Outcome.TimedOut t -> null;
      case Outcome.Unreachable u -> null;
      case Outcome.Blocked b -> null;
      case Outcome.Internal i -> null;
    };
  }

  private static Headers headers(List<HttpHeader> lines) {
    Headers.Builder headers = Headers.builder();
    lines.forEach(line -> headers.add(line.name(), line.value()));
    return headers.build();
  }

  /**
   * Begins nothing more, waits a bounded time for what is out, and records it. What is cut off is
   * repeated after the next start, as after a crash.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      stopping = true;
      changed.signalAll();
      if (engine.busy() == 0) {
        stopped.countDown();
      }
    } finally {
      lock.unlock();
    }
    try {
      if (!stopped.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn(
            "attempts were still out after {} s; they are repeated", CLOSE_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    recorder.close();
  }
}
