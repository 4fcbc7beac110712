package dev.boathook.api;

import static dev.boathook.key.Scope.OPERATE;
import static dev.boathook.key.Scope.READ;

import dev.boathook.id.IdKind;
import dev.boathook.replay.Lanes;
import dev.boathook.replay.Lanes.Action;
import dev.boathook.store.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The lanes of an endpoint, and what makes halted ones go on. */
final class LaneRoutes {
  private static final String CURSOR_MARK = "k";

  private final Lanes lanes;

  LaneRoutes(Lanes lanes) {
    this.lanes = lanes;
  }

  List<Route> table() {
    return List.of(
        Route.get(
            "/v1/endpoints/{id}/lanes",
            "listLanes",
            READ,
            this::list,
            "halted",
            Page.LIMIT,
            Page.CURSOR),
        Route.act(
            "/v1/endpoints/{id}/lanes/retry",
            "retryLanes",
            OPERATE,
            call -> act(call, Action.RETRY)),
        Route.act(
            "/v1/endpoints/{id}/lanes/skip", "skipLanes", OPERATE, call -> act(call, Action.SKIP)),
        Route.act(
            "/v1/endpoints/{id}/lanes/drain",
            "drainLanes",
            OPERATE,
            call -> act(call, Action.DRAIN)));
  }

  private record View(
      String key,
      long waiting,
      long lastPlace,
      long donePlace,
      @Nullable Instant dueAt,
      @Nullable Instant haltedAt,
      @Nullable String haltedBy) {}

  private static View view(Lanes.Shown lane) {
    UUID haltedBy = lane.haltedBy();
    return new View(
        lane.key(),
        lane.waiting(),
        lane.lastSeq(),
        lane.doneSeq(),
        lane.waiting() == 0 || lane.haltedAt() != null ? null : lane.dueAt(),
        lane.haltedAt(),
        haltedBy == null ? null : IdKind.DELIVERY.format(haltedBy));
  }

  private Answer list(Call call) throws Refusal {
    UUID endpointId = endpoint(call);
    int limit = Page.of(call.query(Page.LIMIT), Optional.empty()).limit();
    List<Lanes.Shown> rows =
        lanes.list(call.projectId(), endpointId, halted(call), after(call), limit + 1);
    List<Lanes.Shown> shown = rows.subList(0, Math.min(limit, rows.size()));
    return Answer.json(
        200,
        new Page.Listing(
            shown.stream().map(LaneRoutes::view).toList(),
            rows.size() > limit ? cursor(shown.getLast().key()) : null));
  }

  private static UUID endpoint(Call call) throws Refusal {
    UUID id = call.id(IdKind.ENDPOINT);
    if (!call.project().endpoints().containsKey(id)) {
      throw Problem.notFound().refusal();
    }
    return id;
  }

  private static boolean halted(Call call) throws Refusal {
    String text = call.query("halted").orElse("false");
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Problem.invalidParameter("halted", "is true or false").refusal();
    };
  }

  private static String cursor(String key) {
    // The key of a lane may be empty, a cursor may not.
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((CURSOR_MARK + key).getBytes(StandardCharsets.UTF_8));
  }

  /** The key after which the page begins; null for the first page. */
  private static @Nullable String after(Call call) throws Refusal {
    Optional<String> cursor = call.query(Page.CURSOR);
    if (cursor.isEmpty()) {
      return null;
    }
    return key(cursor.get())
        .orElseThrow(
            () -> Problem.invalidParameter(Page.CURSOR, "is not a next_cursor of ours").refusal());
  }

  private static Optional<String> key(String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith(CURSOR_MARK) && Text.storable(text).equals(text)
          ? Optional.of(text.substring(CURSOR_MARK.length()))
          : Optional.empty();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private Answer act(Call call, Action action) throws Refusal {
    UUID endpointId = endpoint(call);
    Fields fields = call.fields(Set.of("key", "all_halted"));
    boolean all = fields.flag("all_halted", false);
    if (all == fields.has("key")) {
      throw fields.wrong("key", "either a key or all_halted says which lanes");
    }
    if (all) {
      return Answer.json(200, lanes.actOnHalted(action, call.projectId(), endpointId));
    }
    String key = fields.lines("key", FilterFields.MAX_KEY_CHARACTERS);
    return switch (lanes.act(action, call.projectId(), endpointId, key)) {
      case Lanes.Result.GoesOn it ->
          Answer.json(200, new Lanes.Summary(1, it.made(), it.cancelled(), 0, true));
      case Lanes.Result.Unfinished it ->
          Answer.json(200, new Lanes.Summary(0, 0, it.cancelled(), 0, false));
      case Lanes.Result.NotHalted it ->
          throw Problem.conflict("not_halted", "Not halted", "the lane does not halt").refusal();
      case Lanes.Result.EventExpired it ->
          throw Problem.conflict("event_expired", "Event expired", "the event is not kept any more")
              .refusal();
      case Lanes.Result.Unknown it -> throw Problem.notFound().refusal();
    };
  }
}
