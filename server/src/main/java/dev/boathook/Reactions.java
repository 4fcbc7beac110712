package dev.boathook;

import dev.boathook.deliver.Dispatcher;
import dev.boathook.deliver.Notice;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.endpoint.Rate;
import dev.boathook.id.IdKind;
import dev.boathook.lane.DisableCause;
import dev.boathook.lane.Effect;
import dev.boathook.metrics.Metrics;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.ConfigChanges;
import java.util.UUID;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows from attempts beside the delivery's own state. */
final class Reactions implements Dispatcher.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Reactions.class);
  private static final String GONE = "answered 410 Gone";

  private final Directory directory;
  private final ConfigChanges changes;
  private final Endpoints endpoints;
  private final Metrics metrics;

  Reactions(Directory directory, ConfigChanges changes, Endpoints endpoints, Metrics metrics) {
    this.directory = directory;
    this.changes = changes;
    this.endpoints = endpoints;
    this.metrics = metrics;
  }

  @Override
  public void attempted(Dispatcher.Ended ended) {
    metrics.attempted(projectName(ended.projectId()), ended);
  }

  /** A receiver that says 410 wants no more: Standard Webhooks 1.0.0, "Disabling endpoints". */
  @Override
  public void disable(Effect.Disable disable) {
    directory
        .project(disable.projectId())
        .map(project -> project.endpoints().get(disable.endpointId()))
        .filter(endpoint -> endpoint.updatedAt().equals(disable.changedAt()))
        .ifPresent(endpoint -> {
          switch (disable.cause()) {
            case DisableCause.Gone gone -> disable(endpoint, GONE);
            case DisableCause.Failing failing -> {
              noticed(new Notice.Failing(endpoint.projectId(), endpoint.id(), failing.since()));
              disable(endpoint, "nothing but failure since " + failing.since());
            }
          }
        });
  }

  @Override
  public void noticed(Notice notice) {
    metrics.noticed(projectName(notice.projectId()), notice);
    String endpointId = IdKind.ENDPOINT.format(notice.endpointId());
    switch (notice) {
      case Notice.Circuit circuit ->
          LOG.warn(
              circuit.open()
                  ? "endpoint {} fails again and again: it is left alone for a while"
                  : "endpoint {} is tried again as usual",
              endpointId);
      case Notice.Throttled throttled ->
          LOG.warn(
              switch (throttled.limit()) {
                case RATE -> "endpoint {}: what is due waits for its rate";
                case CONCURRENCY ->
                    "endpoint {}: what is due waits, as many requests are under way as may be";
                case null -> "endpoint {}: no limit of its own holds anything back here any more";
              },
              endpointId);
      case Notice.LaneHalted halted ->
          LOG.warn(
              "a lane of endpoint {} stands still behind dead delivery {}",
              endpointId,
              IdKind.DELIVERY.format(halted.deliveryId()));
      case Notice.Disabled disabled ->
          LOG.warn(
              "endpoint {}: {}; it is disabled, what else it should get waits",
              endpointId,
              disabled.reason());
      case Notice.Failing failing ->
          LOG.warn("endpoint {} does nothing but fail since {}", endpointId, failing.since());
    }
  }

  private void disable(Endpoint endpoint, String reason) {
    // Or a change of the endpoint that was read before would make it active again.
    changes.turn().lock();
    try {
      if (endpoints.disable(changes, endpoint, reason)) {
        noticed(new Notice.Disabled(endpoint.projectId(), endpoint.id(), reason));
      }
    } catch (JdbiException e) {
      LOG.warn("endpoint {} could not be disabled", IdKind.ENDPOINT.format(endpoint.id()), e);
    } finally {
      changes.turn().unlock();
    }
  }

  @Override
  public void superseded(UUID projectId, long deliveries) {
    metrics.superseded(projectName(projectId), deliveries);
  }

  @Override
  public void caughtUp(UUID projectId, UUID endpointId) {
    // Before it is our turn: a rate that somebody sets until then has only begun.
    Rate resumedAt =
        directory
            .project(projectId)
            .map(project -> project.endpoints().get(endpointId))
            .map(Endpoint::resumeRate)
            .orElse(null);
    if (resumedAt == null) {
      return;
    }
    changes.turn().lock();
    try {
      endpoints.caughtUp(changes, projectId, endpointId, resumedAt);
    } catch (JdbiException e) {
      LOG.warn(
          "endpoint {} keeps the rate at which it was resumed",
          IdKind.ENDPOINT.format(endpointId),
          e);
    } finally {
      changes.turn().unlock();
    }
  }

  private String projectName(UUID projectId) {
    return directory.project(projectId).map(ProjectView::name).orElse("deleted");
  }
}
