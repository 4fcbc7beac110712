package dev.boathook.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.config.FileReader;
import dev.boathook.config.Settings;
import dev.boathook.config.Settings.Address;
import dev.boathook.world.Ids;
import dev.boathook.world.Ticker;
import dev.boathook.world.World;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  private static final long NOW = 1_700_000_000;
  private static final String STRIPE_BODY =
      "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}";
  private static final String STRIPE_HEADER =
      "Stripe-Signature: t=12345,"
          + "v1=2672d138c9a412830f3bfe2ecc5bfb3277cf6f5b49d0119d77dd6cb64da1257e";
  private static final String GITHUB_HEADER =
      "X-Hub-Signature-256: "
          + "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  private static final String GITHUB_SECRET = "It's a Secret to Everybody";
  private static final String STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> environment = new HashMap<>();
  private final List<Settings> served = new ArrayList<>();
  private final List<Boolean> demos = new ArrayList<>();
  private final List<List<Long>> simulations = new ArrayList<>();
  private byte[] input = new byte[0];
  private ServeAction serve =
      settings -> {
        served.add(settings);
        return 0;
      };

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--help",
        "serve --help",
        "demo -h",
        "simulate -h",
        "verify --help",
        "sign --help",
        "trigger --help",
        "providers -h"
      })
  void help_goes_to_the_output(String arguments) {
    String[] words = arguments.isEmpty() ? new String[0] : arguments.split(" ");

    assertThat(run(words)).isZero();

    assertThat(out()).startsWith("Usage: boathook");
    assertThat(err()).isEmpty();
    assertThat(served).isEmpty();
  }

  @Test
  void help_names_every_command() {
    run();

    assertThat(out())
        .contains("serve", "demo", "verify", "sign", "trigger", "providers", "simulate");
  }

  @Test
  void version_is_told() {
    assertThat(run("--version")).isZero();
    assertThat(out()).isEqualTo("boathook 1.2.3\n");
  }

  static List<List<String>> wrongUsages() {
    return List.of(
        List.of(
            "--seeds is at least 1, --steps at least 0, --jobs 1 to 1024",
            "simulate",
            "--seeds",
            "0"),
        List.of(
            "no command 'server'; there are serve, demo, verify, sign, trigger, providers,"
                + " simulate",
            "server"),
        List.of("Unknown option: '--bogus'", "--bogus"),
        List.of("Unknown option: '--bogus'", "serve", "--bogus"),
        List.of("Unmatched argument at index 1: 'now'", "serve", "now"),
        List.of(
            "option '--port' (N) should be specified only once", "serve", "--port=1", "--port=2"),
        List.of("stripe needs a --secret: the endpoint's signing secret", "verify", "stripe"),
        List.of("stripe needs a --secret: the endpoint's signing secret", "sign", "stripe"),
        List.of("Missing required parameter: 'PROVIDER'", "verify", "--secret=a"),
        List.of("no provider 'stripes'; those with 's' are ", "verify", "stripes", "--secret", "a"),
        List.of("hmac needs the setting 'header'", "verify", "hmac", "--secret", "a"),
        List.of("--setting is not NAME=VALUE: x", "sign", "hmac", "--secret=a", "--setting", "x"),
        List.of(
            "--setting is given twice: header",
            "sign",
            "hmac",
            "--secret=a",
            "--setting=header=a",
            "--setting=header=b"),
        List.of("provider 'stripe' has no", "sign", "stripe", "--secret=a", "--setting=a=b"),
        List.of("secret 1 is empty", "verify", "stripe", "--secret", ""),
        List.of(
            "secret 2 begins or ends with white space",
            "verify",
            "github",
            "--secret=a",
            "--secret",
            "b "),
        List.of("secret 1 is not 'whsec_' and base64", "sign", "standard-webhooks", "--secret=!"),
        List.of("stripe signs with one secret", "sign", "stripe", "--secret=a", "--secret=b"),
        List.of("--at is not a Unix time", "verify", "stripe", "--secret=a", "--at", "yesterday"),
        List.of("--at is not a Unix time", "verify", "stripe", "--secret=a", "--at=-1"),
        List.of("a header line is not 'Name: value': x", "verify", "github", "--secret=a", "-H=x"),
        List.of(
            "--body: none.json does not exist",
            "verify",
            "github",
            "--secret=a",
            "--body",
            "none.json"),
        List.of("--secret: none does not exist", "verify", "github", "--secret", "@none"),
        List.of("--header: none does not exist", "verify", "github", "--secret=a", "-H", "@none"),
        List.of(
            "a message id has 1 to 255",
            "sign",
            "standard-webhooks",
            "--secret",
            STANDARD_SECRET,
            "--id",
            "a b"));
  }

  @ParameterizedTest
  @MethodSource("wrongUsages")
  void wrong_usage_is_status_2_with_one_line_and_the_usage(List<String> reasonAndArguments) {
    String[] arguments =
        reasonAndArguments.subList(1, reasonAndArguments.size()).toArray(String[]::new);

    assertThat(run(arguments)).isEqualTo(2);

    assertThat(err().lines().findFirst())
        .hasValueSatisfying(
            line -> assertThat(line).startsWith("boathook: " + reasonAndArguments.getFirst()));
    assertThat(err().lines().skip(1).findFirst()).contains("");
    assertThat(err()).contains("\nUsage: boathook");
    assertThat(out()).isEmpty();
  }

  @Test
  void serve_gets_the_settings_of_flags_and_environment() {
    environment.put("BOATHOOK_ADMIN_PORT", "2");

    assertThat(
            run(
                "serve",
                "--data",
                folder.toString(),
                "--port=1",
                "--allow-net=10.0.0.0/8",
                "--allow-net",
                "127.0.0.0/8"))
        .isZero();

    Settings settings = served.getFirst();
    assertThat(settings.data()).isEqualTo(folder);
    assertThat(settings.publicAddress()).isEqualTo(new Address("0.0.0.0", 1));
    assertThat(settings.adminAddress()).isEqualTo(new Address("127.0.0.1", 2));
    assertThat(settings.allowedNets()).hasSize(2);
  }

  @Test
  void a_wrong_setting_is_status_2_and_one_line() {
    assertThat(run("serve", "--port", "x")).isEqualTo(2);

    assertThat(err()).isEqualTo("boathook: --port: 'x' is not a port from 0 to 65535\n");
    assertThat(served).isEmpty();
  }

  @Test
  void the_status_of_an_action_is_the_status_of_the_program() {
    serve = _ -> 7;

    assertThat(run("serve", "--data", folder.toString())).isEqualTo(7);
    assertThat(run("demo")).isEqualTo(0);
    assertThat(run("demo", "--keep")).isEqualTo(1);
    assertThat(demos).containsExactly(false, true);
    assertThat(run("simulate", "--jobs", "1")).isEqualTo(0);
    assertThat(run("simulate", "--seeds", "13", "--from", "5", "--steps", "40", "--jobs", "2"))
        .isEqualTo(1);
    assertThat(simulations)
        .containsExactly(
            List.of(10_000L, 1L, (long) Integer.MAX_VALUE, 1L), List.of(13L, 5L, 40L, 2L));
  }

  @Test
  void an_exception_is_status_1_and_one_line() {
    serve =
        _ -> {
          throw new IOException("no room\non the disk");
        };

    assertThat(run("serve", "--data", folder.toString())).isEqualTo(1);
    assertThat(err()).isEqualTo("boathook: no room; on the disk\n");
  }

  @Test
  void an_exception_without_words_is_named() {
    serve =
        _ -> {
          throw new IllegalStateException();
        };

    assertThat(run("serve", "--data", folder.toString())).isEqualTo(1);
    assertThat(err()).isEqualTo("boathook: IllegalStateException (--debug shows where)\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"flag", "root flag", "environment"})
  void debug_shows_the_stack_trace(String how) {
    serve =
        _ -> {
          throw new IOException("no room");
        };
    List<String> arguments = new ArrayList<>(List.of("serve", "--data", folder.toString()));
    switch (how) {
      case "flag" -> arguments.add("--debug");
      case "root flag" -> arguments.addFirst("--debug");
      default -> environment.put("BOATHOOK_DEBUG", "1");
    }

    assertThat(run(arguments.toArray(String[]::new))).isEqualTo(1);
    assertThat(err()).startsWith("java.io.IOException: no room").contains("\tat dev.boathook");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "github|It's a Secret to Everybody|Hello, World!|1|X-Hub-Signature-256:"
            + " sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        "shopify|test_secret_key|{\"foo\": \"bar\"}|1|X-Shopify-Hmac-Sha256:"
            + " B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=",
        "slack|8f742231b10e8888abcd99yyyzzz85a5|token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J"
            + "&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
            + "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2F"
            + "hooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
            + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c|1531420618"
            + "|X-Slack-Request-Timestamp: 1531420618;X-Slack-Signature:"
            + " v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        "standard-webhooks|whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw|{\"test\": 2432232314}|1614265330"
            + "|webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek;webhook-timestamp: 1614265330;"
            + "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "standard-webhooks|whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=|{\"test\": 2432232314}"
            + "|1614265330|webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek;webhook-timestamp: 1614265330;"
            + "webhook-signature: v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJa"
            + "A7AZdpXwVLPo3mNl8EM+m7TBAg==",
        "stripe|whsec_test_secret|{`\\n`}|12345|Stripe-Signature: t=12345,v1=%"
      })
  void official_vectors_verify_and_a_changed_body_does_not(
      String provider, String secret, String body, String at, String headers) throws IOException {
    boolean stripe = provider.equals("stripe");
    Path bodyFile = file("body", stripe ? STRIPE_BODY : body);
    Path headerFile = file("headers", stripe ? STRIPE_HEADER : headers.replace(";", "\r\n"));
    String[] arguments = {
      "verify",
      provider,
      "--secret",
      secret,
      "--at",
      at,
      "-H",
      "@" + headerFile,
      "--body",
      bodyFile.toString()
    };

    assertThat(run(arguments)).isZero();
    assertThat(out()).isEqualTo("verified\n");

    Files.writeString(bodyFile, "another body");
    assertThat(run(arguments)).isEqualTo(1);
    assertThat(out()).contains("rejected: none of ").doesNotContain("hint");
  }

  static List<List<String>> signers() {
    List<List<String>> signers = new ArrayList<>();
    for (String provider :
        List.of("github", "hmac", "shopify", "slack", "standard-webhooks", "stripe")) {
      String secret = provider.equals("standard-webhooks") ? STANDARD_SECRET : "a secret";
      List<String> words = new ArrayList<>(List.of(provider, "--secret", secret));
      if (provider.equals("hmac")) {
        words.addAll(
            List.of(
                "--setting=header=X-Signature",
                "--setting=signed_text={method} {url} {header:X-More} {timestamp}.{body}",
                "--setting=timestamp_header=X-Time",
                "--url=https://hooks.example.com/in/a?b=c",
                "--method=put",
                "--header=X-More: more"));
      }
      signers.add(words);
    }
    return signers;
  }

  @ParameterizedTest
  @MethodSource("signers")
  void what_is_signed_verifies(List<String> words) throws IOException {
    input = new byte[] {0, (byte) 0xff, '\r', '\n', 'x'};
    List<String> sign = new ArrayList<>(List.of("sign"));
    sign.addAll(words);
    sign.addAll(List.of("--body", "-"));
    assertThat(run(sign.toArray(String[]::new))).as(err()).isZero();
    Path headers = file("signed", out());
    Path body = Files.write(folder.resolve("body"), input);
    out.reset();

    List<String> verify = new ArrayList<>(List.of("verify"));
    verify.addAll(words);
    verify.addAll(List.of("--header", "@" + headers, "--body=" + body));

    assertThat(run(verify.toArray(String[]::new))).as(err()).isZero();
    assertThat(out()).isEqualTo("verified\n");
  }

  @Test
  void sign_prints_lines_for_curl() {
    assertThat(
            run(
                "sign",
                "standard-webhooks",
                "--secret",
                STANDARD_SECRET,
                "--id=msg_p5jXN8AQM9LWM0D4loKWxJek",
                "--at=1614265330",
                "--body",
                "-"))
        .isZero();

    assertThat(out().lines())
        .startsWith("webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp: 1614265330")
        .last()
        .asString()
        .startsWith("webhook-signature: v1,");
  }

  @Test
  void several_secrets_sign_where_the_provider_sends_several_signatures() throws IOException {
    String other = "whsec_plJ3nmyCDGBKInavdOK15jsl";
    run("sign", "standard-webhooks", "--secret", STANDARD_SECRET, "--secret", other);
    Path headers = file("signed", out());
    out.reset();

    run("verify", "standard-webhooks", "--secret", other, "-H", "@" + headers);
    run("verify", "standard-webhooks", "--secret", STANDARD_SECRET, "-H", "@" + headers);

    assertThat(out()).isEqualTo("verified\nverified\n");
  }

  @Test
  void with_several_secrets_the_one_that_matched_is_told() {
    input = "Hello, World!".getBytes(UTF_8);

    assertThat(verifyGitHub("--secret", "old", "--secret", GITHUB_SECRET)).isZero();
    assertThat(out()).isEqualTo("verified (secret 2)\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n"})
  void a_secret_may_be_in_a_file_with_or_without_a_newline(String end) throws IOException {
    input = "Hello, World!".getBytes(UTF_8);
    Path secret = file("secret", GITHUB_SECRET + end);

    assertThat(verifyGitHub("--secret", "@" + secret)).as(err()).isZero();
  }

  @Test
  void the_verdict_of_a_stale_request_says_how_old_it_is_and_how_to_look_at_it() {
    input = STRIPE_BODY.getBytes(UTF_8);

    assertThat(verifyStripe()).isEqualTo(1);
    assertThat(out())
        .isEqualTo(
            """
            rejected: timestamp 12345 is 19675 days old, tolerance 5 min (use --at to check a stored request)
            hint: only the time is wrong: with --at 12345 it verifies
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "12646, 301 s old",
    "13545, 20 min old",
    "23145, 3 h old",
    "272745, 3 days old",
    "12044, 301 s in the future"
  })
  void ages_are_readable(String at, String age) {
    input = STRIPE_BODY.getBytes(UTF_8);

    assertThat(verifyStripe("--at", at)).isEqualTo(1);
    assertThat(out()).startsWith("rejected: timestamp 12345 is " + age + ", tolerance 5 min\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Hello, World!\\n|without the newline at the end of the body",
        "Hello, World!\\r\\n|without the line break at the end of the body",
      })
  void a_body_with_a_line_break_too_many_is_hinted_at(String body, String hint) {
    input = body.translateEscapes().getBytes(UTF_8);

    assertThat(verifyGitHub("--secret", GITHUB_SECRET)).isEqualTo(1);
    assertThat(out()).endsWith("\nhint: it would verify " + hint + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a\\nb\\n|a\\nb|with a newline at the end of the body",
        "a\\nb|a\\r\\nb|with the body's line breaks as \\n instead of \\r\\n",
        "a\\r\\nb|a\\nb|with the body's line breaks as \\r\\n instead of \\n",
      })
  void a_changed_line_break_is_hinted_at(String signed, String given, String hint)
      throws IOException {
    input = signed.translateEscapes().getBytes(UTF_8);
    run("sign", "shopify", "--secret", "s", "--body", "-");
    Path headers = file("headers", out());
    input = given.translateEscapes().getBytes(UTF_8);

    assertThat(run("verify", "shopify", "--secret=s", "-H", "@" + headers, "--body=-"))
        .isEqualTo(1);
    assertThat(out()).endsWith("\nhint: it would verify " + hint + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "stripe|whsec_abc|abc|with 'whsec_' at the start of the secret",
        "stripe|abc|whsec_abc|without 'whsec_' at the start of the secret",
        "stripe|abc|'abc'|without the quotes around the secret",
        "stripe|abc|a bc|without the white space in the secret",
        "stripe|a secret|YSBzZWNyZXQ=|with the base64 of the secret decoded",
        "stripe|YSBzZWNyZXQ=|a secret|with the base64 of the secret as the secret",
        "standard-webhooks|whsec_YWJjZGVmZ2g=|abcdefgh|if the characters of the secret were the"
            + " key: the sender does not decode its base64",
        "standard-webhooks|whsec_YWJjZGVmZ2g=|whsec_abcdefgh|if the characters of the secret after"
            + " 'whsec_' were the key: the sender does not decode its base64"
      })
  void a_secret_in_another_form_is_hinted_at(
      String provider, String signing, String given, String hint) throws IOException {
    run("sign", provider, "--secret", signing);
    Path headers = file("headers", out());

    assertThat(run("verify", provider, "--secret", given, "-H", "@" + headers)).isEqualTo(1);
    assertThat(out()).endsWith("\nhint: it would verify " + hint + "\n");
  }

  @Test
  void another_provider_is_hinted_at() {
    input = "Hello, World!".getBytes(UTF_8);

    assertThat(
            run("verify", "stripe", "--secret", GITHUB_SECRET, "-H", GITHUB_HEADER, "--body", "-"))
        .isEqualTo(1);
    assertThat(out()).startsWith("rejected: Stripe-Signature is missing\n");
    assertThat(out()).endsWith("hint: it would verify as github\n");
  }

  @Test
  void what_was_forgotten_is_hinted_at() {
    run("verify", "stripe", "--secret", "s");
    run("verify", "github", "--secret", "s", "-H", GITHUB_HEADER);
    run(
        "verify",
        "hmac",
        "--secret=s",
        "--setting=header=X",
        "--setting=signed_text={url}{body}",
        "-H=X: 00");

    assertThat(out())
        .contains("hint: there is no --header; the signature stands in one\n")
        .contains("hint: the body is empty; --body FILE gives it\n")
        .contains("hint: the URL is signed; --url gives it, as it is registered with the sender\n");
  }

  @Test
  void a_stale_request_with_another_fault_is_told_both() {
    input = (STRIPE_BODY + "\n").getBytes(UTF_8);

    assertThat(verifyStripe()).isEqualTo(1);
    assertThat(out())
        .contains("hint: the time is not all: with --at 12345 it is rejected too\n")
        .endsWith("hint: it would verify without the newline at the end of the body\n");
  }

  @Test
  void a_body_has_a_limit() {
    input = new byte[RequestOptions.MAX_BODY_BYTES + 1];

    assertThat(verifyGitHub("--secret", "s")).isEqualTo(2);
    assertThat(err()).startsWith("boathook: --body: - holds more than 27262976 bytes\n");
  }

  @Test
  void no_complaint_shows_a_secret() {
    run("verify", "standard-webhooks", "--secret", "whsec_do-not-show!");
    run("verify", "github", "--secret", " do-not-show");
    run("verify", "github", "--secret", "do-not-show", "-H", GITHUB_HEADER);

    assertThat(out() + err()).doesNotContain("do-not-show");
  }

  private int verifyStripe(String... more) {
    return verify("stripe", STRIPE_HEADER, List.of("--secret", "whsec_test_secret"), more);
  }

  private int verifyGitHub(String... more) {
    return verify("github", GITHUB_HEADER, List.of(), more);
  }

  private int verify(String provider, String header, List<String> words, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("verify", provider, "--header", header, "--body", "-"));
    arguments.addAll(words);
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private int run(String... arguments) {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(NOW));
    SecureRandom random = new SecureRandom();
    World world = new World(clock, Ticker.system(), random, new Ids(clock, random));
    return new Cli(
            "1.2.3",
            new Terminal(
                new ByteArrayInputStream(input),
                new PrintStream(out, false, UTF_8),
                new PrintStream(err, false, UTF_8)),
            environment,
            FileReader.disk(),
            world,
            settings -> serve.run(settings),
            keep -> {
              demos.add(keep);
              return keep ? 1 : 0;
            },
            (seeds, from, steps, jobs) -> {
              simulations.add(List.of(seeds, from, (long) steps, (long) jobs));
              return seeds == 13 ? 1 : 0;
            })
        .run(arguments);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private String out() {
    return out.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }

  private String err() {
    return err.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }
}
