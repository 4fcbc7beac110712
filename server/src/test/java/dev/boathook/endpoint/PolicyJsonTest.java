package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.endpoint.DeliveryPolicy.TypedRetries;
import dev.boathook.store.Database;
import dev.boathook.store.TestingDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyJsonTest {
  @Test
  void the_default_is_written_whole_so_that_another_default_would_not_change_it() {
    assertThat(PolicyJson.of(DeliveryPolicy.DEFAULT))
        .isEqualTo(
            """
            {"order":"unordered",\
            "waits_millis":[0,5000,300000,1800000,7200000,18000000,36000000,50400000,72000000,86400000],\
            "jitter":0.2,"max_age_millis":null,"max_retry_after_millis":86400000,\
            "max_in_flight":32,\
            "breaker":{"failures":10,"wait_millis":5000,"max_wait_millis":300000},\
            "disable_after_millis":432000000}\
            """);
    assertThat(reread(DeliveryPolicy.DEFAULT)).isEqualTo(DeliveryPolicy.DEFAULT);
  }

  @ParameterizedTest
  @EnumSource
  void every_policy_is_read_as_it_was_written(Order order) {
    Random random = new Random(19);
    for (int i = 0; i < 500; i++) {
      DeliveryPolicy policy = any(order, random);
      assertThat(reread(policy)).isEqualTo(policy);
    }
  }

  @Test
  void what_is_absent_is_the_default() {
    assertThat(PolicyJson.parse("{}")).isEqualTo(DeliveryPolicy.DEFAULT);
  }

  @Test
  void endpoints_of_before_there_were_policies_keep_their_schedule_and_their_limit()
      throws Exception {
    TestingDatabase database = TestingDatabase.freshDatabase();
    FluentConfiguration migrations =
        Flyway.configure()
            .dataSource(database.url(), database.user(), database.password())
            .schemas(Database.SCHEMA)
            .locations("classpath:dev/boathook/store/migrations");
    migrations.target("2").load().migrate();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setSchema(Database.SCHEMA);
      statement.execute(
          """
          INSERT INTO project (project_id, name, created_at) VALUES
            ('00000000-0000-7000-8000-000000000001', 'p', now());
          INSERT INTO endpoint (project_id, endpoint_id, url, types, secrets_sealed,
            retry_schedule_millis, timeout_millis, max_in_flight, allowed_nets, status,
            created_at, updated_at, version)
          VALUES ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002',
            'http://example.com/', '{*}', '', '{0,250,604800000}', 1000, 7, '{}', 'active',
            now(), now(), 1)
          """);
      migrations.target("3").load().migrate();
      try (ResultSet row = statement.executeQuery("SELECT policy FROM endpoint")) {
        assertThat(row.next()).isTrue();
        DeliveryPolicy policy = PolicyJson.parse(row.getString("policy"));

        DeliveryPolicy usual = DeliveryPolicy.DEFAULT;
        assertThat(policy)
            .isEqualTo(
                new DeliveryPolicy(
                    Order.UNORDERED,
                    RetryPolicy.of(
                        new RetrySchedule(
                            List.of(Duration.ZERO, Duration.ofMillis(250), Duration.ofDays(7)))),
                    List.of(),
                    List.of(),
                    7,
                    null,
                    usual.breaker(),
                    usual.disableAfter()));
      }
    }
  }

  private static DeliveryPolicy reread(DeliveryPolicy policy) {
    return PolicyJson.parse(PolicyJson.of(policy));
  }

  private static DeliveryPolicy any(Order order, Random random) {
    List<TypedRetries> typed = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      typed.add(
          new TypedRetries(
              List.of(new TypePattern("a.\"*\" é" + i), new TypePattern("*")), retries(random)));
    }
    List<StatusPattern> statuses = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      statuses.add(new StatusPattern(random.nextBoolean() ? "4xx" : "" + random.nextInt(300, 600)));
    }
    return new DeliveryPolicy(
        order,
        retries(random),
        typed,
        statuses,
        random.nextInt(1, DeliveryPolicy.MAX_MAX_IN_FLIGHT + 1),
        random.nextBoolean()
            ? null
            : new Rate(
                random.nextDouble(Rate.MIN_PER_SECOND, Rate.MAX_PER_SECOND),
                random.nextInt(1, Rate.MAX_BURST + 1)),
        new CircuitBreaker(
            random.nextInt(CircuitBreaker.MAX_FAILURES + 1),
            Duration.ofMillis(random.nextInt(1, 1_000)),
            Duration.ofMillis(random.nextInt(1_000, 3_600_001))),
        random.nextBoolean() ? null : Duration.ofMillis(random.nextLong(1, 2_592_000_001L)));
  }

  private static RetryPolicy retries(Random random) {
    List<Duration> waits = new ArrayList<>();
    for (int i = random.nextInt(1, RetrySchedule.MAX_TRIES + 1); i > 0; i--) {
      waits.add(Duration.ofMillis(random.nextLong(RetrySchedule.MAX_WAIT.toMillis() + 1)));
    }
    return new RetryPolicy(
        new RetrySchedule(waits),
        random.nextDouble(),
        random.nextBoolean() ? null : Duration.ofMillis(random.nextLong(1, 2_592_000_001L)),
        Duration.ofMillis(random.nextLong(86_400_001)));
  }
}
