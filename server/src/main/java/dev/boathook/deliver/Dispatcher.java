package dev.boathook.deliver;

import dev.boathook.consumer.Consumer;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.event.Event;
import dev.boathook.event.Origin;
import dev.boathook.lane.DeliveryState;
import dev.boathook.lane.Effect;
import dev.boathook.lane.Engine;
import dev.boathook.lane.EngineLimits;
import dev.boathook.lane.Health;
import dev.boathook.lane.Leases;
import dev.boathook.lane.LoadedLane;
import dev.boathook.lane.Place;
import dev.boathook.lane.Resolution;
import dev.boathook.lane.Shards;
import dev.boathook.lane.SteadyClock;
import dev.boathook.lane.Terms;
import dev.boathook.lane.Waiting;
import dev.boathook.node.Message;
import dev.boathook.node.Messages;
import dev.boathook.node.Node;
import dev.boathook.outbound.AttemptResult;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.HttpSender;
import dev.boathook.outbound.Outcome;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.signatures.Headers;
import dev.boathook.source.Source;
import dev.boathook.store.Database;
import dev.boathook.world.Ids;
import dev.boathook.world.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell around the {@link Engine}: a virtual thread for every attempt and every load, one
 * thread that wakes the engine on time, and the {@link Recorder}. No lock, transaction or
 * connection is held while a request is out.
 */
public final class Dispatcher
    implements AutoCloseable, Directory.Listener, Node.Listener, Messages.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final Duration MAX_SLEEP = Duration.ofSeconds(1);

  /** How long a delivery waits that could not be tried for a reason of ours. */
  private static final Duration UNSENT_WAIT = Duration.ofSeconds(1);

  private static final Duration NOTE_AGAIN = Duration.ofMillis(500);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

  private final World world;
  private final Database database;
  private final Directory directory;
  private final Node node;
  private final Messages messages;
  private final Courier courier;
  private final SteadyClock clock;
  private final Ids ids;
  private final DeliveryQueries deliveries;
  private final Replies replies;
  private final Listener listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** When the keeper of time wakes by itself; long ago when it does not sleep. */
  private Instant sleepsUntil = Instant.MIN;

  private final Engine engine = new Engine(EngineLimits.forHeap(Runtime.getRuntime().maxMemory()));
  private final EventReader events;
  private final Recorder recorder;
  private boolean started;
  private boolean stopping;
  private boolean stopped;

  /**
   * Nothing is sent before {@link #start}.
   *
   * @param listener hears of what happens, for metrics, logs and the disabling of endpoints
   */
  public Dispatcher(
      World world,
      SteadyClock clock,
      Database database,
      Directory directory,
      Node node,
      Messages messages,
      HttpSender sender,
      Listener listener) {
    this.world = world;
    this.database = database;
    this.directory = directory;
    this.node = node;
    this.messages = messages;
    this.courier = new Courier(sender, world.ticker());
    this.clock = clock;
    this.ids = new Ids(clock, world.random());
    this.deliveries = new DeliveryQueries(database.innerJdbi());
    this.replies = new Replies(world.ticker());
    this.listener = listener;
    this.events = new EventReader(database);
    this.recorder = new Recorder(world.ticker(), database, node::nonce, this::recorded);
  }

  /** Hears of every attempt. */
  public interface Listener {
    /** An attempt has ended and is in the store. */
    void attempted(Ended ended);

    /** The endpoint is gone, or does nothing but fail. */
    void disable(Effect.Disable disable);

    /** Something that whoever runs this should know. */
    void noticed(Notice notice);

    /**
     * So many deliveries were cancelled, since newer ones of their lanes have come to their end.
     */
    void superseded(UUID projectId, long deliveries);

    /** What waited when the endpoint was resumed has been sent. */
    void caughtUp(UUID projectId, UUID endpointId);
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
      project.endpoints().values().forEach(endpoint -> endpointChanged(endpoint, project));
    }
  }

  /** Begins to deliver: first of all what waits from before. */
  public void start() {
    lock.lock();
    try {
      started = true;
    } finally {
      lock.unlock();
    }
    messages.listen(this);
    node.start(this);
    Thread.ofPlatform().name("boathook-dispatcher").daemon().start(this::keepTime);
  }

  /** Ids of deliveries, which say by that time when they were made. */
  public Ids ids() {
    return ids;
  }

  /** The time by which deliveries are due, on all nodes. */
  public InstantSource clock() {
    return clock;
  }

  @Override
  public void changed(List<Leases.Change> changes) {
    act(now -> {
      for (Leases.Change change : changes) {
        switch (change) {
          case Leases.Change.Own own -> engine.own(own.shard(), own.epoch(), now);
          case Leases.Change.Lose lose -> engine.lose(lose.shard(), now);
          case Leases.Change.Release release -> engine.release(release.shard(), now);
          case Leases.Change.Released released ->
              engine.released(released.shard(), released.epoch(), now);
        }
      }
    });
  }

  @Override
  public void heard(List<Message> heard) {
    act(now -> {
      for (Message message : heard) {
        switch (message) {
          case Message.Work work -> engine.told(work.endpointId(), work.lanes(), work.dueAt(), now);
          case Message.Withdrawn withdrawn ->
              engine.withdrawn(withdrawn.endpointId(), withdrawn.deliveryId(), now);
          case Message.Attempted attempted -> {
            if (replies.expects(attempted.deliveryId())) {
              Thread.startVirtualThread(() -> readReply(attempted));
            }
          }
          case Message.LookAgain lookAgain -> {
            if (engine.epochOf(lookAgain.shard()) != 0) {
              engine.lookAgain(now);
            }
          }
          case Message.LookThrough all -> engine.lookAgain(now);
          case Message.Shards shards -> node.hurry();
          case Message.Configuration configuration ->
              Thread.startVirtualThread(this::refreshDirectory);
        }
      }
    });
  }

  private void readReply(Message.Attempted attempted) {
    try {
      for (RecordedAttempt attempt :
          deliveries.attempts(attempted.projectId(), attempted.deliveryId())) {
        replies.recorded(attempted.deliveryId(), attempt);
      }
    } catch (JdbiException e) {
      LOG.warn("a reply could not be read: {}", e.getMessage());
    }
  }

  private void refreshDirectory() {
    try {
      directory.refreshAll();
    } catch (JdbiException e) {
      LOG.warn("the configuration could not be read: {}", e.getMessage());
    }
  }

  @Override
  public void missed() {
    act(engine::missed);
  }

  /** These are about to be committed; must be followed by one of the next two. */
  public void reserve(List<Waiting> deliveries) {
    if (!deliveries.isEmpty()) {
      act(now -> engine.reserve(deliveries));
    }
  }

  /** These, reserved before, are committed. */
  public void committed(List<Engine.Committed> deliveries) {
    if (!deliveries.isEmpty()) {
      act(now -> engine.committed(deliveries, now));
    }
  }

  /**
   * These, reserved before, were not committed.
   *
   * @param certain false when the answer to the commit was lost, so that they may be there
   */
  public void abandoned(List<Waiting> deliveries, boolean certain) {
    if (!deliveries.isEmpty()) {
      act(now -> engine.abandoned(deliveries, certain, now));
    }
    if (!certain) {
      messages.send(new Message.LookThrough());
    }
  }

  /**
   * The store has a delivery for this endpoint that came by another way, due at this time.
   *
   * @param lanes whether it is in a lane
   */
  public void expect(UUID endpointId, boolean lanes, Instant due) {
    act(now -> engine.expect(endpointId, lanes, due, now));
  }

  /**
   * A commit may still come of which nobody will be told: everybody looks through what waits, now
   * and a few times more.
   */
  public void lookAgain() {
    act(engine::lookAgain);
    messages.send(new Message.LookThrough());
  }

  /** This delivery was finished by another way and is not to be sent. */
  public void withdrawn(UUID endpointId, UUID deliveryId) {
    act(now -> engine.withdrawn(endpointId, deliveryId, now));
    messages.send(new Message.Withdrawn(endpointId, deliveryId));
  }

  /**
   * Something may have been done to any queue, or not: what is held here is read again, and all
   * nodes look what else there is.
   */
  public void lookThrough() {
    act(engine::missed);
    messages.send(new Message.LookThrough());
  }

  /** How the endpoint's circuit is; empty when another node holds its shard, and knows. */
  public Optional<Health.Circuit> circuit(UUID endpointId) {
    lock.lock();
    try {
      return engine.circuit(endpointId);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void endpointChanged(Endpoint endpoint, ProjectView project) {
    Terms terms = terms(endpoint, project);
    act(now -> engine.configure(terms, now));
  }

  static Terms terms(Endpoint endpoint, ProjectView project) {
    UUID consumerId = endpoint.subscription().consumerId();
    Consumer consumer = consumerId == null ? null : project.consumers().get(consumerId);
    return new Terms(
        endpoint.projectId(),
        endpoint.id(),
        consumerId == null ? endpoint.id() : consumerId,
        consumer == null ? Consumer.DEFAULT_WEIGHT : consumer.weight(),
        endpoint.policy(),
        endpoint.status() == Endpoint.Status.ACTIVE,
        endpoint.resumeRate(),
        endpoint.updatedAt());
  }

  @Override
  public void endpointDeleted(UUID projectId, UUID endpointId) {
    act(now -> engine.forget(endpointId, now));
  }

  @Override
  public void endpointReplaced(UUID endpointId) {
    // Not before: an attempt that still saw the old endpoint would keep a token of it again.
    courier.forget(endpointId);
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

  private void act(java.util.function.Consumer<Instant> input) {
    List<Effect> effects;
    lock.lock();
    try {
      Instant now = clock.instant();
      input.accept(now);
      effects = advance(now);
      Instant wake = engine.nextWake();
      if (stopping || (wake != null && wake.isBefore(sleepsUntil))) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    perform(effects);
  }

  private List<Effect> advance(Instant now) {
    if (!started) {
      return List.of();
    }
    engine.suspend(stopping || !node.holds());
    return engine.advance(now);
  }

  private void perform(List<Effect> effects) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Send send -> Thread.startVirtualThread(() -> attempt(send));
        case Effect.Load load -> Thread.startVirtualThread(() -> load(load));
        case Effect.Survey survey -> Thread.startVirtualThread(() -> survey(survey));
        case Effect.NoteFailing note -> Thread.startVirtualThread(() -> note(note));
        case Effect.Released released -> node.drained(released.shard(), released.epoch());
        case Effect.Tell tell ->
            messages.send(new Message.Work(tell.endpointId(), tell.lanes(), tell.dueAt()));
        case Effect.LookAgain lookAgain -> {
          node.fenced(lookAgain.shard(), lookAgain.epoch());
          messages.send(new Message.LookAgain(lookAgain.shard()));
        }
        case Effect.Disable disable -> Thread.startVirtualThread(() -> listener.disable(disable));
        case Effect.Circuit circuit ->
            listener.noticed(
                new Notice.Circuit(circuit.projectId(), circuit.endpointId(), circuit.open()));
        case Effect.Throttled throttled ->
            listener.noticed(
                new Notice.Throttled(
                    throttled.projectId(), throttled.endpointId(), throttled.limit()));
        case Effect.CaughtUp caughtUp ->
            Thread.startVirtualThread(
                () -> listener.caughtUp(caughtUp.projectId(), caughtUp.endpointId()));
      }
    }
  }

  private void keepTime() {
    while (true) {
      List<Effect> effects;
      lock.lock();
      try {
        if (stopped) {
          return;
        }
        Instant now = clock.instant();
        effects = advance(now);
        if (effects.isEmpty()) {
          Instant wake = engine.nextWake();
          Duration wait = wake == null ? MAX_SLEEP : Duration.between(now, wake);
          // The lease is looked at again after a second at most.
          long millis = Math.clamp(wait.toMillis(), 1, MAX_SLEEP.toMillis());
          sleepsUntil = now.plusMillis(millis);
          var _ = changed.await(millis, TimeUnit.MILLISECONDS);
          sleepsUntil = Instant.MIN;
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        lock.unlock();
      }
      perform(effects);
    }
  }

  private void survey(Effect.Survey survey) {
    List<UUID> projects = new ArrayList<>();
    List<UUID> endpoints = new ArrayList<>();
    for (ProjectView project : directory.projects()) {
      for (UUID endpointId : project.endpoints().keySet()) {
        if (survey.shards().contains(Shards.of(endpointId))) {
          projects.add(project.projectId());
          endpoints.add(endpointId);
        }
      }
    }
    List<Engine.Found> found;
    try (Connection connection = database.hotConnection()) {
      found =
          WaitingQueries.survey(
              connection, projects.toArray(UUID[]::new), endpoints.toArray(UUID[]::new));
    } catch (SQLException e) {
      LOG.warn("could not look for waiting deliveries: {}", e.getMessage());
      act(engine::surveyFailed);
      return;
    } catch (RuntimeException | Error e) {
      LOG.error("a bug stopped the look for waiting deliveries", e);
      act(engine::surveyFailed);
      return;
    }
    act(now -> engine.surveyed(found, now));
  }

  private void note(Effect.NoteFailing note) {
    boolean written = false;
    try (Connection connection = database.hotConnection()) {
      WaitingQueries.note(connection, note, node.nonce());
      written = true;
    } catch (SQLException e) {
      LOG.warn("how endpoint {} does was not written down: {}", note.endpointId(), e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("a bug kept it from being written down how endpoint {} does", note.endpointId(), e);
    }
    if (!written) {
      // The engine may want it again at once.
      LockSupport.parkNanos(NOTE_AGAIN.toNanos());
    }
    boolean isWritten = written;
    act(now -> engine.noted(note, isWritten));
  }

  private void load(Effect.Load load) {
    java.util.function.Consumer<Instant> input;
    try (Connection connection = database.hotConnection()) {
      if (load.lanes()) {
        WaitingQueries.Loaded<LoadedLane> lanes = WaitingQueries.loadLanes(connection, load);
        input = now -> engine.loadedLanes(load, lanes.rows(), lanes.nextDue(), now);
      } else {
        WaitingQueries.Loaded<Waiting> rows = WaitingQueries.load(connection, load);
        input = now -> engine.loaded(load, rows.rows(), rows.nextDue(), now);
      }
    } catch (SQLException e) {
      LOG.warn("waiting deliveries could not be read: {}", e.getMessage());
      input = now -> engine.loadFailed(load, now);
    } catch (RuntimeException | Error e) {
      LOG.error("a bug stopped the reading of waiting deliveries", e);
      input = now -> engine.loadFailed(load, now);
    }
    act(input);
  }

  private void attempt(Effect.Send send) {
    Waiting delivery = send.delivery();
    Instant startedAt = world.clock().instant();
    Optional<ProjectView> project = directory.project(delivery.projectId());
    Optional<Endpoint> known = project.map(view -> view.endpoints().get(delivery.endpointId()));
    if (known.isEmpty() || known.get().status() != Endpoint.Status.ACTIVE) {
      unsent(send);
      return;
    }
    Endpoint endpoint = known.get();
    Made made;
    try {
      Optional<Event> event = events.event(delivery);
      if (event.isEmpty()) {
        LOG.error("delivery {} has no event {}", delivery.deliveryId(), delivery.eventId());
        made = failed(delivery, startedAt, "the event is no longer kept");
      } else if (holds(send)) {
        made = make(delivery, event.get(), endpoint, project.get(), startedAt);
      } else {
        unsent(send);
        return;
      }
    } catch (SQLException e) {
      LOG.warn("an event could not be read for delivery: {}", e.getMessage());
      unsent(send);
      return;
    } catch (InterruptedException e) {
      unsent(send);
      return;
    } catch (RuntimeException | Error e) {
      LOG.error("a bug stopped an attempt of delivery {}", delivery.deliveryId(), e);
      made = failed(delivery, startedAt, "a bug of ours: " + e.getClass().getSimpleName());
    }
    // Outside: what the engine has heard of once must not be told to it again.
    record(send, endpoint, made);
  }

  /** An attempt that is over, and when its event was accepted. */
  private record Made(Attempt attempt, Instant acceptedAt) {}

  /**
   * Whether the shard is still held as it was when the attempt was begun: the reading of the event
   * may have taken longer than the lease.
   */
  private boolean holds(Effect.Send send) {
    lock.lock();
    try {
      int shard = Shards.of(send.delivery().endpointId());
      return node.holds() && engine.epochOf(shard) == send.epoch();
    } finally {
      lock.unlock();
    }
  }

  private Made make(
      Waiting delivery, Event event, Endpoint endpoint, ProjectView project, Instant startedAt)
      throws InterruptedException {
    Optional<String> source =
        event.origin().kind() == Origin.Kind.SOURCE
            ? Optional.ofNullable(project.sources().get(event.origin().id())).map(Source::name)
            : Optional.empty();
    Courier.Sent sent = courier.send(event, endpoint, source, startedAt);
    AttemptResult result = sent.result();
    replies.ended(delivery.deliveryId(), result);
    Attempt attempt =
        new Attempt(
            startedAt,
            Duration.ofNanos(result.durationNanos()),
            result.outcome(),
            status(result.outcome()),
            result.remoteAddress(),
            headers(sent.headers()),
            headers(result.responseHeaders()),
            result.responseBody(),
            result.truncated());
    return new Made(attempt, event.acceptedAt());
  }

  private Made failed(Waiting delivery, Instant startedAt, String detail) {
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
    return new Made(attempt, startedAt);
  }

  private void record(Effect.Send send, Endpoint endpoint, Made made) {
    Attempt attempt = made.attempt;
    double chance = world.random().nextDouble();
    act(now -> {
      Resolution resolution =
          engine.attempted(send, endpoint.updatedAt(), attempt.outcome(), chance, now);
      recorder.add(new Recorder.Entry(resolution, attempt, made.acceptedAt));
    });
  }

  private void unsent(Effect.Send send) {
    replies.none(
        send.delivery().deliveryId(),
        Reply.None.Reason.NOT_ASKED,
        "the endpoint could not be asked now");
    act(now -> engine.unsent(send, now.plus(UNSENT_WAIT), now));
  }

  private void recorded(List<Recorder.Entry> batch, Recorder.Recorded recorded) {
    List<Resolution.Written> written = recorded.written();
    act(now -> {
      for (int i = 0; i < batch.size(); i++) {
        engine.recorded(batch.get(i).resolution(), written.get(i), now);
      }
    });
    recorded
        .superseded()
        .forEach((projectId, count) -> guarded(() -> listener.superseded(projectId, count)));
    for (int i = 0; i < batch.size(); i++) {
      Recorder.Entry entry = batch.get(i);
      Resolution.Written became = written.get(i);
      guarded(() -> tell(entry, became));
    }
  }

  /** Who is told must not keep outcomes from being recorded. */
  private static void guarded(Runnable telling) {
    try {
      telling.run();
    } catch (RuntimeException e) {
      LOG.error("a bug after an outcome was recorded", e);
    }
  }

  private void tell(Recorder.Entry entry, Resolution.Written written) {
    Resolution resolution = entry.resolution();
    boolean moved = written == Resolution.Written.MOVED;
    Instant ended = entry.attempt().startedAt().plus(entry.attempt().duration());
    listener.attempted(
        new Ended(
            resolution.delivery().projectId(),
            entry.attempt().outcome(),
            moved ? resolution.state() : DeliveryState.WAITING,
            entry.attempt().duration(),
            Duration.between(entry.acceptedAt(), ended)));
    if (written != Resolution.Written.FENCED) {
      tellWhoAsked(resolution);
    }
    Place place = resolution.delivery().place();
    if (moved && resolution.haltsLane() && place != null) {
      Waiting delivery = resolution.delivery();
      listener.noticed(
          new Notice.LaneHalted(
              delivery.projectId(), delivery.endpointId(), place.key(), delivery.deliveryId()));
    }
  }

  /** Who waits for an answer waits where the event was accepted, which may be another node. */
  private void tellWhoAsked(Resolution resolution) {
    Waiting delivery = resolution.delivery();
    if (resolution.attempts() == 1
        && directory
            .project(delivery.projectId())
            .filter(project -> project.isAskedForReplies(delivery.endpointId()))
            .isPresent()) {
      messages.send(new Message.Attempted(delivery.projectId(), delivery.deliveryId()));
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
   * Begins nothing more, gives its shards to others, waits a bounded time for what is out, and
   * records it. What is cut off is repeated by others or after the next start, as after a crash.
   */
  @Override
  public void close() {
    node.stop();
    lock.lock();
    try {
      stopping = true;
      changed.signalAll();
      long nanos = CLOSE_TIMEOUT.toNanos();
      while (engine.busy() > 0 && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      if (engine.busy() > 0) {
        LOG.warn(
            "attempts were still out after {} s; they are repeated", CLOSE_TIMEOUT.toSeconds());
      }
      stopped = true;
      changed.signalAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    events.close();
    recorder.close();
  }
}
