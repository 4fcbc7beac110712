package dev.boathook;

import dev.boathook.deliver.Dispatcher;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.id.IdKind;
import dev.boathook.metrics.Metrics;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.ConfigChanges;
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
    String project = directory.project(ended.projectId()).map(ProjectView::name).orElse("deleted");
    metrics.attempted(project, ended);
  }

  /** A receiver that says 410 wants no more: Standard Webhooks 1.0.0, "Disabling endpoints". */
  @Override
  public void gone(Endpoint endpoint) {
    try {
      if (endpoints.disable(changes, endpoint, GONE)) {
        LOG.warn(
            "endpoint {} {}: it is disabled, what else it should get waits",
            IdKind.ENDPOINT.format(endpoint.id()),
            GONE);
      }
    } catch (JdbiException e) {
      LOG.warn(
          "endpoint {} {}, but could not be disabled",
          IdKind.ENDPOINT.format(endpoint.id()),
          GONE,
          e);
    }
  }
}
