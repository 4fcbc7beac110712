package dev.boathook.api;

import static dev.boathook.key.Scope.MANAGE;
import static dev.boathook.key.Scope.OPERATE;
import static dev.boathook.key.Scope.READ;

import dev.boathook.deliver.Delivery;
import dev.boathook.deliver.DeliveryQueries;
import dev.boathook.deliver.RecordedAttempt;
import dev.boathook.id.IdKind;
import dev.boathook.lane.DeliveryState;
import dev.boathook.replay.BulkCancellation;
import dev.boathook.replay.Counted;
import dev.boathook.replay.Filter;
import dev.boathook.replay.Replays;
import dev.boathook.world.Uuid7;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Deliveries with their attempts, dead letters, and what can be done to them. */
final class DeliveryRoutes {
  private final DeliveryQueries deliveries;
  private final Replays replays;
  private final BulkCancellation cancellation;

  DeliveryRoutes(DeliveryQueries deliveries, Operations operations) {
    this.deliveries = deliveries;
    this.replays = operations.replays();
    this.cancellation = operations.cancellation();
  }

  List<Route> table() {
    return List.of(
        Route.get(
            "/v1/deliveries",
            "listDeliveries",
            READ,
            call -> list(call, state(call)),
            "state",
            "endpoint",
            "consumer",
            "event",
            "replay",
            Page.LIMIT,
            Page.CURSOR),
        Route.get(
            "/v1/dead-letters",
            "listDeadLetters",
            READ,
            call -> list(call, DeliveryState.DEAD),
            "endpoint",
            "consumer",
            "event",
            "replay",
            Page.LIMIT,
            Page.CURSOR),
        Route.get("/v1/deliveries/{id}", "getDelivery", READ, this::get),
        Route.act("/v1/deliveries/cancel", "cancelDeliveries", OPERATE, this::cancelMany),
        Route.act("/v1/deliveries/{id}/replay", "replayDelivery", MANAGE, this::replay),
        Route.act("/v1/deliveries/{id}/cancel", "cancelDelivery", MANAGE, this::cancel));
  }

  /** A delivery as it is shown in a list. */
  record View(
      String id,
      String event,
      String endpoint,
      @Nullable String key,
      String state,
      int attemptCount,
      Instant createdAt,
      @Nullable Instant dueAt,
      @Nullable Instant finishedAt,
      @Nullable String lastOutcome,
      @Nullable Integer lastStatus,
      @Nullable String replayOf,
      @Nullable String replay,
      @Nullable String replayedBy) {}

  /** What is added when one delivery is shown. */
  private record Whole(List<AttemptView> attempts) {}

  private record AttemptView(
      int number,
      Instant startedAt,
      BigDecimal durationSeconds,
      String outcome,
      @Nullable Integer status,
      String detail,
      @Nullable String remoteAddress,
      List<HeaderView> requestHeaders,
      List<HeaderView> responseHeaders,
      String responseBodyBase64,
      @Nullable String responseBodyText,
      boolean responseTruncated) {}

  static View view(Delivery delivery) {
    UUID replayOf = delivery.replayOf();
    UUID replayId = delivery.replayId();
    UUID replayedBy = delivery.replayedBy();
    String key = delivery.key();
    return new View(
        IdKind.DELIVERY.format(delivery.id()),
        IdKind.EVENT.format(delivery.eventId()),
        IdKind.ENDPOINT.format(delivery.endpointId()),
        key == null || key.isEmpty() ? null : key,
        delivery.state().code(),
        delivery.attempts(),
        Uuid7.time(delivery.id()),
        delivery.state().isFinal() ? null : delivery.dueAt(),
        delivery.finishedAt(),
        delivery.lastOutcome(),
        delivery.lastStatus(),
        replayOf == null ? null : IdKind.DELIVERY.format(replayOf),
        replayId == null ? null : IdKind.REPLAY.format(replayId),
        replayedBy == null ? null : IdKind.DELIVERY.format(replayedBy));
  }

  private static AttemptView view(RecordedAttempt attempt) {
    return new AttemptView(
        attempt.number(),
        attempt.startedAt(),
        seconds(attempt.duration()),
        attempt.outcome(),
        attempt.status(),
        attempt.detail(),
        attempt.remoteAddress(),
        HeaderView.of(attempt.requestHeaders()),
        HeaderView.of(attempt.responseHeaders()),
        Base64.getEncoder().encodeToString(attempt.responseBody()),
        EventRoutes.text(attempt.responseBody()),
        attempt.responseTruncated());
  }

  private static BigDecimal seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toNanos() / 1_000, 6);
  }

  private static @Nullable DeliveryState state(Call call) throws Refusal {
    Optional<String> code = call.query("state");
    if (code.isEmpty()) {
      return null;
    }
    for (DeliveryState state : DeliveryState.values()) {
      if (state.code().equals(code.get())) {
        return state;
      }
    }
    throw Problem.invalidParameter("state", "is waiting, delivered, dead or cancelled").refusal();
  }

  private Answer list(Call call, @Nullable DeliveryState state) throws Refusal {
    Page page = call.page();
    DeliveryQueries.Filter filter =
        new DeliveryQueries.Filter(
            state,
            call.queryId("endpoint", IdKind.ENDPOINT).orElse(null),
            call.queryId("consumer", IdKind.CONSUMER).orElse(null),
            call.queryId("event", IdKind.EVENT).orElse(null),
            call.queryId("replay", IdKind.REPLAY).orElse(null));
    return page.answer(
        deliveries.list(call.projectId(), filter, page.before(), page.rows()),
        Delivery::id,
        DeliveryRoutes::view);
  }

  private Answer get(Call call) throws Refusal {
    return Answer.json(200, whole(call, call.id(IdKind.DELIVERY)));
  }

  private Object whole(Call call, UUID id) throws Refusal {
    Delivery delivery = find(call, id);
    List<AttemptView> attempts =
        deliveries.attempts(call.projectId(), delivery.id()).stream()
            .map(DeliveryRoutes::view)
            .toList();
    return Json.object(view(delivery)).setAll(Json.object(new Whole(attempts)));
  }

  private Answer replay(Call call) throws Refusal {
    UUID id = call.id(IdKind.DELIVERY);
    call.fields(Set.of());
    return switch (replays.replay(call.projectId(), id)) {
      case Replays.Replayed.Made made -> Answer.json(201, view(find(call, made.deliveryId())));
      case Replays.Replayed.StillWaiting waiting ->
          throw Problem.conflict(
                  "still_waiting", "Not finished", "the delivery has not come to its end")
              .refusal();
      case Replays.Replayed.HaltsLane halts ->
          throw Problem.conflict(
                  "lane_halted",
                  "Lane halted",
                  "its lane halts behind it: the lane's retry delivers it once more in its place,"
                      + " and skip or drain leave it behind")
              .refusal();
      case Replays.Replayed.Repeated repeated ->
          throw Problem.conflict(
                  "replay_waiting",
                  "Replay waiting",
                  "the delivery "
                      + IdKind.DELIVERY.format(repeated.by())
                      + " has the same event for the same endpoint, and has not come to its end")
              .refusal();
      case Replays.Replayed.EndpointDeleted deleted ->
          throw Problem.conflict(
                  "endpoint_deleted", "Endpoint deleted", "there is nobody to deliver to")
              .refusal();
      case Replays.Replayed.EventExpired expired ->
          throw Problem.conflict("event_expired", "Event expired", "the event is not kept any more")
              .refusal();
      case Replays.Replayed.Unknown unknown -> throw Problem.notFound().refusal();
    };
  }

  private Answer cancel(Call call) throws Refusal {
    UUID id = call.id(IdKind.DELIVERY);
    call.fields(Set.of());
    return switch (replays.cancel(call.projectId(), id)) {
      case Replays.CalledOff.Done done -> Answer.json(200, view(find(call, id)));
      case Replays.CalledOff.Finished finished ->
          throw Problem.conflict(
                  "already_finished",
                  "Already finished",
                  "the delivery is " + finished.state().code())
              .refusal();
      case Replays.CalledOff.Unknown unknown -> throw Problem.notFound().refusal();
    };
  }

  /** What was called off; of what was not looked at for want of time, more may match. */
  private record CancelledView(boolean dryRun, long cancelled, boolean complete) {}

  private Answer cancelMany(Call call) throws Refusal {
    Fields fields = call.fields(Set.of("filter", "dry_run"));
    Filter filter = FilterFields.filter(FilterFields.object(fields, Set.of()), call.project());
    if (filter.isEmpty()) {
      throw FilterFields.tooWide(fields);
    }
    boolean dryRun = fields.flag("dry_run", false);
    Counted counted = cancellation.cancel(call.projectId(), filter, dryRun);
    return Answer.json(
        200,
        dryRun
            ? new DryRun(true, counted.count(), counted.complete())
            : new CancelledView(false, counted.count(), counted.complete()));
  }

  private Delivery find(Call call, UUID id) throws Refusal {
    return deliveries.find(call.projectId(), id).orElseThrow(() -> Problem.notFound().refusal());
  }
}
