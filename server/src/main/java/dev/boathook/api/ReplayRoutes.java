package dev.boathook.api;

import static dev.boathook.key.Scope.OPERATE;
import static dev.boathook.key.Scope.READ;

import dev.boathook.deliver.Accounting;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.event.Origin;
import dev.boathook.id.IdKind;
import dev.boathook.replay.Choice;
import dev.boathook.replay.Counted;
import dev.boathook.replay.Filter;
import dev.boathook.replay.ReplayJob;
import dev.boathook.replay.ReplayJobs;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Replays of many deliveries. */
final class ReplayRoutes {
  private final ReplayJobs replays;

  ReplayRoutes(ReplayJobs replays) {
    this.replays = replays;
  }

  List<Route> table() {
    return List.of(
        Route.act("/v1/replays", "createReplay", OPERATE, this::create),
        Route.get("/v1/replays", "listReplays", READ, this::list, Page.LIMIT, Page.CURSOR),
        Route.get("/v1/replays/{id}", "getReplay", READ, this::get),
        Route.act("/v1/replays/{id}/cancel", "cancelReplay", OPERATE, this::cancel));
  }

  /** A replay as it is shown in a list. */
  private record View(
      String id,
      String state,
      @Nullable String failure,
      FilterView filter,
      @Nullable Double ratePerSecond,
      @Nullable Long matched,
      long made,
      String createdBy,
      Instant createdAt,
      @Nullable String cancelledBy,
      @Nullable Instant finishedAt) {}

  private record FilterView(
      String state,
      @Nullable String endpoint,
      @Nullable String source,
      @Nullable String consumer,
      @Nullable List<String> types,
      @Nullable String key,
      @Nullable Instant since,
      @Nullable Instant until) {}

  /** What is added when one replay is shown. */
  private record Whole(Accounting.@Nullable Counts deliveries) {}

  private static View view(ReplayJob job) {
    UUID cancelledBy = job.cancelledBy();
    return new View(
        IdKind.REPLAY.format(job.id()),
        job.state().code(),
        job.failure(),
        view(job.choice(), job.filter()),
        job.ratePerSecond(),
        job.matched(),
        job.made(),
        IdKind.KEY.format(job.keyId()),
        job.createdAt(),
        cancelledBy == null ? null : IdKind.KEY.format(cancelledBy),
        job.finishedAt());
  }

  private static FilterView view(Choice choice, Filter filter) {
    UUID endpointId = filter.endpointId();
    Origin origin = filter.origin();
    return new FilterView(
        choice.code(),
        endpointId == null ? null : IdKind.ENDPOINT.format(endpointId),
        id(origin, Origin.Kind.SOURCE, IdKind.SOURCE),
        id(origin, Origin.Kind.CONSUMER, IdKind.CONSUMER),
        filter.types().isEmpty() ? null : filter.types().stream().map(TypePattern::text).toList(),
        filter.key(),
        filter.since(),
        filter.until());
  }

  private static @Nullable String id(@Nullable Origin origin, Origin.Kind kind, IdKind idKind) {
    return origin == null || origin.kind() != kind ? null : idKind.format(origin.id());
  }

  private Answer create(Call call) throws Refusal {
    Fields fields = call.fields(Set.of("filter", "rate_per_second", "dry_run"));
    Fields object = FilterFields.object(fields, Set.of("state"));
    Choice choice = choice(object);
    Filter filter = FilterFields.filter(object, call.project());
    if (filter.isEmpty() && choice == Choice.FINISHED) {
      throw FilterFields.tooWide(fields);
    }
    if (choice == Choice.MISSING && filter.endpointId() == null) {
      throw object.wrong("endpoint", "is needed where deliveries are missing");
    }
    Double rate =
        !fields.has("rate_per_second") || fields.isNull("rate_per_second")
            ? null
            : fields.number("rate_per_second", Rate.MIN_PER_SECOND, Rate.MAX_PER_SECOND, 1);
    if (fields.flag("dry_run", false)) {
      Counted counted = replays.count(call.projectId(), filter, choice);
      return Answer.json(200, new DryRun(true, counted.count(), counted.complete()));
    }
    return replays
        .create(call.projectId(), call.key().id(), filter, choice, rate)
        .map(job -> Answer.json(201, view(job)))
        .orElseThrow(() ->
            Problem.conflict(
                    "too_many_replays",
                    "Too many replays",
                    "at most " + ReplayJobs.MAX_RUNNING + " run at a time")
                .refusal());
  }

  private static Choice choice(Fields fields) throws Refusal {
    String code = fields.textOrNull("state", FilterFields.MAX_KEY_CHARACTERS, null);
    if (code == null) {
      return Choice.FINISHED;
    }
    for (Choice choice : Choice.values()) {
      if (choice.code().equals(code)) {
        return choice;
      }
    }
    throw fields.wrong(
        "state",
        "is one of "
            + Arrays.stream(Choice.values()).map(Choice::code).collect(Collectors.joining(", ")));
  }

  private Answer list(Call call) throws Refusal {
    Page page = call.page();
    return page.answer(
        replays.list(call.projectId(), page.before(), page.rows()),
        ReplayJob::id,
        ReplayRoutes::view);
  }

  private Answer get(Call call) throws Refusal {
    return Answer.json(200, whole(call, call.id(IdKind.REPLAY)));
  }

  private Object whole(Call call, UUID id) throws Refusal {
    ReplayJobs.Progress progress =
        replays.find(call.projectId(), id).orElseThrow(() -> Problem.notFound().refusal());
    return Json.object(view(progress.job())).setAll(Json.object(new Whole(progress.deliveries())));
  }

  private Answer cancel(Call call) throws Refusal {
    UUID id = call.id(IdKind.REPLAY);
    call.fields(Set.of());
    return switch (replays.cancel(call.projectId(), call.key().id(), id)) {
      case ReplayJobs.CalledOff.Done done -> Answer.json(200, whole(call, id));
      case ReplayJobs.CalledOff.Finished finished ->
          throw Problem.conflict(
                  "already_finished",
                  "Already finished",
                  "the replay is " + finished.state().code() + " and nothing of it waits")
              .refusal();
      case ReplayJobs.CalledOff.Unknown unknown -> throw Problem.notFound().refusal();
    };
  }
}
