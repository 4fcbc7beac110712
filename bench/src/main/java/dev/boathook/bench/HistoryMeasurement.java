package dev.boathook.bench;

import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Result;
import dev.boathook.bench.report.Unit;
import dev.boathook.id.IdKind;
import dev.boathook.store.Sql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;

/** Accepting, and looking things up, with ten million events in the store. */
final class HistoryMeasurement implements Measurement {
  private static final int EVENTS = 10_000_000;
  private static final int EVENTS_WHEN_SMOKING = 10_000;
  private static final int STATEMENTS = 100;

  /** One event in so many is of the consumer that looks. */
  private static final int SHARE_OF_ONE = 1_000;

  /** How long ago the first was accepted, in seconds: within the partitions that there are. */
  private static final double SINCE_SECONDS = 20_000;

  private static final String NOWHERE = "http://127.0.0.1:9/";
  private static final int LISTED = 50;
  private static final String ADD = Sql.of(HistoryMeasurement.class, "add_history");

  @Override
  public String name() {
    return "history";
  }

  @Override
  public Result run(Options options, Site site) throws Exception {
    Conditions conditions = options.conditions();
    Platform empty = Platform.start(options, site, "empty");
    Platform full = Platform.start(options, site, "full");
    int events = conditions.smoke() ? EVENTS_WHEN_SMOKING : EVENTS;
    site.say("writing %,d events".formatted(events));
    String some = full.consumer("some");
    String all = full.consumer("all");
    String endpointOfSome = full.pausedEndpoint(some, NOWHERE);
    String endpointOfAll = full.pausedEndpoint(all, NOWHERE);
    int ofSome = Math.max(LISTED, events / SHARE_OF_ONE) / STATEMENTS + 1;
    long written = 0;
    for (int i = 0; i < STATEMENTS; i++) {
      double since = SINCE_SECONDS * (STATEMENTS - i) / STATEMENTS;
      add(full, ofSome, since, some, endpointOfSome);
      add(full, events / STATEMENTS, since, all, endpointOfAll);
      written += ofSome + events / STATEMENTS;
    }
    settle(full);

    Side<Turn> acceptsEmpty = Accepting.ingress("an empty store", empty).atFullLoad(conditions);
    Side<Turn> acceptsFull = Accepting.ingress("a full store", full).atFullLoad(conditions);
    Rounds.run(conditions, site, acceptsEmpty, acceptsFull);
    Side<Double> lists = new Side<>("listing", length -> millisToList(full, some));
    Rounds.run(conditions, site, lists);

    Counts counts =
        acceptsEmpty
            .counts(Turn::counts)
            .plus(acceptsFull.counts(Turn::counts))
            .plus(Counts.ofAnswers(written, 0))
            .withStored(empty.stored() + full.stored());
    return new Result(
        name(),
        List.of(
            acceptsFull.against(
                acceptsEmpty,
                "history.accept",
                "accept, against an empty store",
                Unit.PER_SECOND,
                Turn::perSecond,
                Goal.ratioAtLeast(0.9)),
            lists.figure(
                "history.list",
                "a consumer's last %d deliveries".formatted(LISTED),
                Unit.MILLIS,
                millis -> millis,
                Goal.valueAtMost(20))),
        counts,
        List.of(
            "%,d events were there, each delivered once; the consumer has one in %,d."
                .formatted(written, SHARE_OF_ONE)));
  }

  private static void add(
      Platform platform, int count, double sinceSeconds, String consumer, String endpoint)
      throws SQLException {
    try (Connection connection = platform.store().connect();
        PreparedStatement statement = connection.prepareStatement(ADD)) {
      UUID project = project(connection);
      UUID consumerId = IdKind.CONSUMER.parse(consumer).orElseThrow();
      UUID endpointId = IdKind.ENDPOINT.parse(endpoint).orElseThrow();
      int p = 0;
      statement.setInt(++p, count);
      statement.setDouble(++p, sinceSeconds);
      statement.setObject(++p, project);
      statement.setObject(++p, consumerId);
      statement.setObject(++p, project);
      statement.setObject(++p, consumerId);
      statement.setObject(++p, project);
      statement.setObject(++p, endpointId);
      statement.setObject(++p, project);
      if (statement.executeUpdate() != count) {
        throw new SQLException("not all of the history was written");
      }
    }
  }

  private static UUID project(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT project_id FROM boathook.project WHERE name = 'default'")) {
      row.next();
      return row.getObject(1, UUID.class);
    }
  }

  /** What PostgreSQL does some time after so much was written, done now. */
  private static void settle(Platform platform) throws SQLException {
    try (Connection connection = platform.store().connect();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("event", "dedupe", "delivery", "attempt")) {
        statement.execute("VACUUM (ANALYZE) boathook." + table);
      }
    }
  }

  private static double millisToList(Platform platform, String consumer)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    int listed =
        platform
            .server()
            .get("/v1/deliveries?consumer=" + consumer + "&limit=" + LISTED)
            .path("data")
            .size();
    double millis = (System.nanoTime() - began) / 1e6;
    if (listed != LISTED) {
      throw new IOException(listed + " deliveries were listed");
    }
    return millis;
  }
}
