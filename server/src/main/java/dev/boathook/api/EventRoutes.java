package dev.boathook.api;

import static dev.boathook.key.Scope.READ;

import dev.boathook.deliver.DeliveryQueries;
import dev.boathook.event.Event;
import dev.boathook.event.EventQueries;
import dev.boathook.event.EventSummary;
import dev.boathook.event.Origin;
import dev.boathook.id.IdKind;
import dev.boathook.outbound.HttpHeader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Events. */
final class EventRoutes {
  private final EventQueries events;
  private final DeliveryQueries deliveries;

  EventRoutes(EventQueries events, DeliveryQueries deliveries) {
    this.events = events;
    this.deliveries = deliveries;
  }

  List<Route> table() {
    return List.of(
        Route.get(
            "/v1/events",
            "listEvents",
            READ,
            this::list,
            "source",
            "consumer",
            "type",
            "key",
            "external_id",
            "since",
            "until",
            Page.LIMIT,
            Page.CURSOR),
        Route.get("/v1/events/{id}", "getEvent", READ, this::get),
        Route.get("/v1/events/{id}/body", "getEventBody", READ, this::body));
  }

  /** An event as it is shown in a list. */
  private record View(
      String id,
      @Nullable String source,
      @Nullable String consumer,
      String type,
      @Nullable String key,
      @Nullable String externalId,
      Instant acceptedAt,
      @Nullable Instant occurredAt,
      boolean verified,
      boolean late,
      String contentType,
      int bodyBytes) {}

  /** What is added when one event is shown. */
  private record Whole(
      List<HeaderView> headers,
      String bodyBase64,
      @Nullable String bodyText,
      List<DeliveryRoutes.View> deliveries) {}

  private static View view(EventSummary event) {
    UUID originId = event.origin().id();
    return switch (event.origin().kind()) {
      case SOURCE -> view(event, IdKind.SOURCE.format(originId), null);
      case CONSUMER -> view(event, null, IdKind.CONSUMER.format(originId));
    };
  }

  private static View view(EventSummary event, @Nullable String source, @Nullable String consumer) {
    return new View(
        IdKind.EVENT.format(event.id()),
        source,
        consumer,
        event.type(),
        event.key(),
        event.externalId(),
        event.acceptedAt(),
        event.occurredAt(),
        event.verified(),
        event.late(),
        event.contentType(),
        event.bodyBytes());
  }

  private Answer list(Call call) throws Refusal {
    Page page = call.page();
    Optional<Instant> since = call.queryTime("since");
    Optional<Instant> until = call.queryTime("until");
    if (since.isPresent() && until.isPresent() && since.get().isAfter(until.get())) {
      throw Problem.invalidParameter("until", Times.BEFORE_SINCE).refusal();
    }
    EventQueries.Filter filter =
        new EventQueries.Filter(
            origin(call),
            call.query("type").orElse(null),
            call.query("key").orElse(null),
            call.query("external_id").orElse(null),
            since.orElse(null),
            until.orElse(null));
    return page.answer(
        events.list(call.projectId(), filter, page.before(), page.rows()),
        EventSummary::id,
        EventRoutes::view);
  }

  private static @Nullable Origin origin(Call call) throws Refusal {
    Optional<UUID> source = call.queryId("source", IdKind.SOURCE);
    Optional<UUID> consumer = call.queryId("consumer", IdKind.CONSUMER);
    if (source.isPresent() && consumer.isPresent()) {
      throw Problem.invalidParameter("consumer", "excludes source").refusal();
    }
    return source.map(Origin::source).or(() -> consumer.map(Origin::consumer)).orElse(null);
  }

  private Answer get(Call call) throws Refusal {
    Event event = find(call);
    // One event has a delivery for each endpoint that wanted it, and replays: the newest are shown.
    List<DeliveryRoutes.View> newest =
        deliveries
            .list(
                call.projectId(),
                new DeliveryQueries.Filter(null, null, null, event.id(), null),
                null,
                Page.MAX_LIMIT)
            .stream()
            .map(DeliveryRoutes::view)
            .toList();
    Whole whole =
        new Whole(
            HeaderView.of(event.headers()),
            Base64.getEncoder().encodeToString(event.body()),
            text(event.body()),
            newest);
    return Answer.json(200, Json.object(view(EventSummary.of(event))).setAll(Json.object(whole)));
  }

  /** The bytes as they came, in a form that no browser takes for a page of ours. */
  private Answer body(Call call) throws Refusal {
    Event event = find(call);
    String contentType = event.contentType();
    return new Answer(
        200,
        contentType.isEmpty() || !HttpHeader.isValue(contentType)
            ? "application/octet-stream"
            : contentType,
        event.body(),
        Map.of(
            "content-disposition",
            "attachment",
            "content-security-policy",
            "sandbox; default-src 'none'"));
  }

  private Event find(Call call) throws Refusal {
    return events
        .find(call.projectId(), call.id(IdKind.EVENT))
        .orElseThrow(() -> Problem.notFound().refusal());
  }

  /** The bytes as text when they are UTF-8. */
  static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
