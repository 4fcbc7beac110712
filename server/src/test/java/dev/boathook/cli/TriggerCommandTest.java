package dev.boathook.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.config.FileReader;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.Reading;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.trigger.VerifyingReceiver;
import dev.boathook.world.World;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TriggerCommandTest {
  private static final String SECRET = "whsec_test_secret";

  private final World world = World.system();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @Test
  void a_sample_arrives_verified_and_the_answer_is_shown_in_one_line() throws IOException {
    try (VerifyingReceiver receiver = receiver("stripe", SECRET)) {
      assertThat(trigger(receiver, "stripe", "--secret", SECRET)).as(err()).isZero();

      assertThat(out()).matches("200 in \\d+ ms  \\{\"genuine\": true} \\[2J\n");
      assertThat(receiver.accepted()).hasSize(1);
    }
  }

  @Test
  void a_sample_is_chosen_after_the_dot() throws IOException {
    List<String> samples = Providers.named("stripe").samples();
    try (VerifyingReceiver receiver = receiver("stripe", SECRET)) {
      assertThat(trigger(receiver, "stripe." + samples.getLast(), "--secret", SECRET)).isZero();

      assertThat(types("stripe", receiver)).containsExactly(samples.getLast());
    }
  }

  @Test
  void a_forged_request_is_refused_as_it_should_be() throws IOException {
    try (VerifyingReceiver receiver = receiver("stripe", SECRET)) {
      assertThat(trigger(receiver, "stripe", "--secret", SECRET, "--forge")).isZero();

      assertThat(out()).startsWith("401 in ").endsWith("\nrefused, as it should be\n");
      assertThat(receiver.accepted()).isEmpty();
    }
  }

  @Test
  void a_stale_request_is_refused_as_it_should_be() throws IOException {
    try (VerifyingReceiver receiver = receiver("stripe", SECRET)) {
      assertThat(trigger(receiver, "stripe", "--secret", SECRET, "--stale")).isZero();

      assertThat(out()).startsWith("401 in ").endsWith("\nrefused, as it should be\n");
      assertThat(receiver.refused()).singleElement().asString().contains("TIMESTAMP_TOO_OLD");
    }
  }

  @Test
  void a_receiver_that_takes_what_is_forged_is_told_by_the_exit_status() throws IOException {
    try (TestingReceiver receiver = TestingReceiver.start()) {
      assertThat(run("trigger", "stripe", "--to", receiver.url("/"), "--secret=s", "--forge"))
          .isEqualTo(1);

      assertThat(out()).endsWith("\nnot refused with 401 or 403\n");
    }
  }

  @Test
  void a_refusal_of_a_genuine_request_is_told_by_the_exit_status() throws IOException {
    try (VerifyingReceiver receiver = receiver("stripe", "another secret")) {
      assertThat(trigger(receiver, "stripe", "--secret", SECRET)).isEqualTo(1);

      assertThat(out()).startsWith("401 in ");
    }
  }

  @Test
  void a_duplicate_has_the_same_id_and_body() throws IOException {
    try (VerifyingReceiver receiver = receiver("stripe", SECRET)) {
      assertThat(trigger(receiver, "stripe", "--secret", SECRET, "--duplicate")).isZero();

      List<WebhookRequest> accepted = receiver.accepted();
      assertThat(accepted).hasSize(2);
      assertThat(accepted.get(0).body()).isEqualTo(accepted.get(1).body());
      assertThat(out().lines()).hasSize(2);
    }
  }

  @Test
  void many_have_ids_of_their_own_and_are_summed_up() throws IOException {
    try (VerifyingReceiver receiver = receiver("stripe", SECRET)) {
      assertThat(trigger(receiver, "stripe", "--secret", SECRET, "--count=50", "--rate=1000"))
          .isZero();

      assertThat(receiver.accepted().stream().map(request -> new String(request.body(), UTF_8)))
          .hasSize(50)
          .doesNotHaveDuplicates();
      assertThat(out()).matches("50 requests; 200: 50\np50 \\d+ ms, p99 \\d+ ms\n");
    }
  }

  @Test
  void a_rate_is_kept() throws IOException {
    try (VerifyingReceiver receiver = receiver("stripe", SECRET)) {
      long began = world.ticker().nanoTime();
      assertThat(trigger(receiver, "stripe", "--secret", SECRET, "--count=6", "--rate=20"))
          .isZero();

      assertThat(world.ticker().nanoTime() - began).isGreaterThanOrEqualTo(250_000_000);
    }
  }

  @Test
  void the_registered_url_is_signed_and_the_other_is_called() throws IOException {
    Map<String, String> settings = Map.of("header", "X-Signature", "signed_text", "{url} {body}");
    try (VerifyingReceiver receiver =
        new VerifyingReceiver(
            Providers.named("hmac", settings),
            List.of("s"),
            "https://hooks.example.com",
            world.clock())) {
      String[] arguments = {
        "trigger",
        "hmac",
        "--setting=header=X-Signature",
        "--setting=signed_text={url} {body}",
        "--secret=s",
        "--to",
        receiver.url("/in/a?b=c")
      };
      assertThat(run(arguments)).isEqualTo(1);

      List<String> more = new ArrayList<>(List.of(arguments));
      more.add("--public-url=https://hooks.example.com/in/a?b=c");
      assertThat(run(more.toArray(String[]::new))).as(err()).isZero();
    }
  }

  @Test
  void print_shows_the_request_and_sends_nothing() throws IOException {
    try (TestingReceiver receiver = TestingReceiver.start()) {
      String url = receiver.url("/in/a");
      assertThat(run("trigger", "stripe", "--to", url, "--secret=s", "--print")).isZero();

      assertThat(out())
          .startsWith("POST " + url + "\n")
          .contains("\nStripe-Signature: t=")
          .contains("\n\n{")
          .endsWith("}\n");
      assertThat(receiver.received()).isEmpty();
    }
  }

  @Test
  void nobody_there_is_status_1() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    assertThat(run("trigger", "stripe", "--to=http://127.0.0.1:" + port, "--secret=s"))
        .isEqualTo(1);
    assertThat(out()).matches("no answer after \\d+ ms: connection refused\n");
  }

  @Test
  void a_receiver_that_does_not_answer_is_given_up() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://127.0.0.1:" + silent.getLocalPort();

      assertThat(run("trigger", "stripe", "--to", url, "--secret=s", "--timeout=1")).isEqualTo(1);
      assertThat(out()).matches("no answer after \\d+ ms: no answer in 1 s\n");
    }
  }

  static List<List<String>> wrongUsages() {
    return List.of(
        List.of("Missing required option: '--to=URL'", "stripe"),
        List.of("stripe needs a --secret: the endpoint's", "stripe", "--to=http://a/"),
        List.of("no provider 'stripes'", "stripes", "--to=http://a/"),
        List.of("no provider 'a'; those with 'a' are abacus, ", "a.b", "--to=http://a/"),
        List.of("stripe has no sample 'x.y'; there are ", "stripe.x.y", "--to=http://a/"),
        List.of("not a URL of the form", "stripe", "--secret=s", "--to=ftp://a/"),
        List.of("not a URL of the form", "stripe", "--secret=s", "--to=http://u:p@a/"),
        List.of("not a URL", "stripe", "--secret=s", "--to=http://a b/"),
        List.of("choose one of", "stripe", "--secret=s", "--to=http://a/", "--forge", "--stale"),
        List.of("github signs no time", "github", "--secret=s", "--to=http://a/", "--stale"),
        List.of(
            "--count is not a number from 1 to 100000",
            "stripe",
            "--secret=s",
            "--to=http://a/",
            "--count=100001"),
        List.of("option '--secret' (S) should", "stripe", "--secret=s", "--secret=t", "--to=x"));
  }

  @ParameterizedTest
  @MethodSource("wrongUsages")
  void wrong_usage_is_status_2(List<String> reasonAndArguments) {
    List<String> arguments = new ArrayList<>(reasonAndArguments);
    arguments.set(0, "trigger");

    assertThat(run(arguments.toArray(String[]::new))).isEqualTo(2);
    assertThat(err()).startsWith("boathook: " + reasonAndArguments.getFirst());
  }

  @Test
  void providers_lists_every_one_in_a_line() {
    assertThat(run("providers")).isZero();

    assertThat(out().lines().map(line -> line.substring(0, line.indexOf(' '))))
        .containsExactlyElementsOf(Providers.all());
    assertThat(out()).containsPattern("(?m)^stripe +signed +HMAC-SHA256 over time and body$");
  }

  @Test
  void a_provider_tells_all_of_itself() {
    assertThat(run("providers", "stripe")).isZero();

    assertThat(out())
        .containsPattern("(?m)^secret +the endpoint's signing secret, whsec_…$")
        .containsPattern("(?m)^time checked +yes$")
        .containsPattern("(?m)^samples +" + Providers.named("stripe").samples().getFirst())
        .containsPattern("(?m)^page +docs/providers/stripe.md$");
  }

  @Test
  void providers_can_be_read_by_programs() {
    run("providers", "github", "--json");

    assertThat(out()).startsWith("{").contains("\"name\" : \"github\"", "\"time_checked\" : false");
  }

  @Test
  void a_secret_may_be_in_a_file() throws IOException {
    Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
    try (VerifyingReceiver receiver = receiver("stripe", SECRET)) {
      assertThat(trigger(receiver, "stripe", "--secret=@" + file)).as(err()).isZero();
    }
  }

  private VerifyingReceiver receiver(String provider, String secret) throws IOException {
    return new VerifyingReceiver(Providers.named(provider), List.of(secret), "", world.clock());
  }

  private static List<String> types(String name, VerifyingReceiver receiver) {
    Provider provider = Providers.named(name);
    return receiver.accepted().stream()
        .map(request ->
            provider.read(request, SECRET) instanceof Reading.Notification notification
                ? notification.envelope().type()
                : "")
        .toList();
  }

  private int trigger(VerifyingReceiver receiver, String provider, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("trigger", provider, "--to", receiver.url("/in/a")));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private int run(String... arguments) {
    return new Cli(
            "1.2.3",
            new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, false, UTF_8),
                new PrintStream(err, false, UTF_8)),
            Map.of(),
            FileReader.disk(),
            world,
            _ -> 0,
            _ -> 0,
            (_, _, _, _) -> 0)
        .run(arguments);
  }

  private String out() {
    return out.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }

  private String err() {
    return err.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }
}
