package dev.boathook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.TestingWebhook;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code kill -9} of the server and its PostgreSQL while numbered events come in no order. */
class SequenceCrashTest {
  private static final long SEED = 20_261_122;
  private static final String SECRET = "whsec_of_the_sequence_test";
  private static final int EACH = 36;
  private static final int SPREAD = 12;
  private static final int KILLS = 3;

  private record Arrival(String resource, int number) {
    String body() {
      return """
      {"id":"evt_%s_%d","type":"a","resource":"%s","number":%d}\
      """
          .formatted(resource, number, resource, number);
    }
  }

  /** Numbers of several resources, each a little away from its place. */
  private static List<Arrival> arrivals(Random random) {
    List<Arrival> all = new ArrayList<>();
    for (int from = 1; from <= EACH; from += SPREAD) {
      List<Arrival> some = new ArrayList<>();
      for (int number = from; number < from + SPREAD && number <= EACH; number++) {
        for (String resource : List.of("a", "b", "c")) {
          some.add(new Arrival(resource, number));
        }
      }
      Collections.shuffle(some, random);
      all.addAll(some);
    }
    return all;
  }

  @Test
  void every_number_is_released_once_and_none_is_left_behind(@TempDir Path folder)
      throws Exception {
    Path data = folder.resolve("data");
    Path config = folder.resolve("boathook.yaml");
    Random random = new Random(SEED);
    List<Arrival> arrivals = arrivals(random);
    try (TestingReceiver receiver = TestingReceiver.start()) {
      Files.writeString(
          config,
          """
          sources:
            - name: numbered
              provider: stripe
              secrets: [%s]
              ordering_key: json:/resource
              sequence: {kind: number, at: json:/number, starts_at: 1, wait_seconds: 3600, late: drop}
          endpoints:
            - {name: all, url: "%s"}
          """
              .formatted(SECRET, receiver.url("/all")));
      ServerProcess.Launch launch = ServerProcess.Launch.on(data, "--config", config.toString());
      Files.createDirectories(data);
      ServerProcess server = launch.start();
      try {
        for (int i = 0; i < arrivals.size(); i++) {
          if (i % (arrivals.size() / (KILLS + 1)) == 10) {
            killWithin(server, arrivals.get(i), random);
            server = launch.start();
          }
          send(server, arrivals.get(i));
        }

        ServerProcess last = server;
        Eventually.holds(
            "nothing waits",
            Duration.ofSeconds(30),
            () -> last.get("/v1/accounting").get("deliveries").get("waiting").longValue() == 0);
        JsonNode account = server.get("/v1/accounting");
        assertThat(account.get("events").longValue()).isEqualTo(arrivals.size());
        assertThat(account.get("deliveries").get("delivered").longValue())
            .as("none was late, so none was released before its turn or forgotten")
            .isEqualTo(arrivals.size());
        assertThat(account.get("balanced").booleanValue()).isTrue();
        assertThat(server.get("/v1/sources/" + sourceId(server) + "/gaps").get("data")).isEmpty();
        Set<String> came =
            receiver.received().stream()
                .map(received -> new String(received.body(), UTF_8))
                .collect(Collectors.toCollection(HashSet::new));
        assertThat(came)
            .containsExactlyInAnyOrderElementsOf(arrivals.stream().map(Arrival::body).toList());
      } finally {
        server.close();
      }
    }
  }

  /** Kills it while it may be at this arrival, which will be sent again. */
  private static void killWithin(ServerProcess server, Arrival arrival, Random random)
      throws Exception {
    HttpRequest.Builder request =
        TestingWebhook.of("stripe", SECRET, arrival.body()).to(server.open(path(server)));
    Thread sending =
        Thread.ofVirtual()
            .start(() -> {
              try {
                server.send(request);
              } catch (IOException | InterruptedException e) {
                // What became of it shows when it is sent again.
              }
            });
    Eventually.pass(Duration.ofMillis(random.nextInt(12)));
    server.kill();
    if (random.nextBoolean()) {
      server.killPostgres();
    }
    sending.join();
  }

  private static String path(ServerProcess server) throws IOException, InterruptedException {
    return source(server).get("path").stringValue();
  }

  private static JsonNode source(ServerProcess server) throws IOException, InterruptedException {
    return server.get("/v1/sources").get("data").get(0);
  }

  private static String sourceId(ServerProcess server) throws IOException, InterruptedException {
    return source(server).get("id").stringValue();
  }

  private static void send(ServerProcess server, Arrival arrival) throws Exception {
    HttpResponse<String> answer =
        server.send(
            TestingWebhook.of("stripe", SECRET, arrival.body()).to(server.open(path(server))));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }
}
