package dev.boathook.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.trigger.Impersonation;
import dev.boathook.trigger.Manner;
import dev.boathook.trigger.Plan;
import dev.boathook.trigger.Result;
import dev.boathook.trigger.Tally;
import dev.boathook.trigger.Trigger;
import dev.boathook.world.World;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code boathook trigger}: sends what a provider would send. */
final class TriggerCommand implements Command {
  /** Runs of more requests than this are told in sum. */
  private static final int MAX_LINES = 10;

  private static final int MAX_SHOWN_CHARS = 200;
  private static final int MAX_TIMEOUT_SECONDS = 3600;
  private static final long NANOS_PER_MILLISECOND = 1_000_000;

  private static final String TO = "--to";
  private static final String PUBLIC_URL = "--public-url";
  private static final String COUNT = "--count";
  private static final String RATE = "--rate";
  private static final String DUPLICATE = "--duplicate";
  private static final String FORGE = "--forge";
  private static final String STALE = "--stale";
  private static final String TIMEOUT = "--timeout";
  private static final String PRINT = "--print";

  private final RequestOptions options;
  private final World world;
  private final PrintStream out;

  TriggerCommand(RequestOptions options, World world, PrintStream out) {
    this.options = options;
    this.world = world;
    this.out = out;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Cli.described(
            "trigger",
            "Sends a sample request, signed as the provider would sign it. Exit status 0 if the"
                + " answer is the right one: 2xx, or 401 or 403 to what is forged or stale.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .required(true)
            .arity("1")
            .type(String.class)
            .paramLabel("PROVIDER[.SAMPLE]")
            .description(
                "As stripe or stripe.charge.refunded; boathook providers NAME names the samples"
                    + " (default: the first).")
            .build());
    return spec.addOption(
            RequestOptions.text(TO)
                .required(true)
                .paramLabel("URL")
                .description("Where to send it: http or https, any address.")
                .build())
        .addOption(
            RequestOptions.text(RequestOptions.SECRET)
                .paramLabel("S")
                .description(
                    "The secret that signs, or @FILE; left out if the provider has none. A private"
                        + " key in PEM where it signs with one.")
                .build())
        .addOption(
            RequestOptions.text(PUBLIC_URL)
                .paramLabel("URL")
                .description(
                    "The URL that is registered with the provider, which some sign (default: that"
                        + " of --to).")
                .build())
        .addOption(
            RequestOptions.list(RequestOptions.SETTING)
                .paramLabel("NAME=VALUE")
                .description(RequestOptions.SETTING_DESCRIPTION)
                .build())
        .addOption(flag(FORGE, "With a wrong signature or token."))
        .addOption(flag(STALE, "Signed 30 days ago, if the provider signs the time."))
        .addOption(flag(DUPLICATE, "Twice, as a retry: same id, signed anew."))
        .addOption(
            RequestOptions.text(COUNT)
                .paramLabel("N")
                .description("So many events, each with an id of its own (default: 1).")
                .build())
        .addOption(
            RequestOptions.text(RATE)
                .paramLabel("N")
                .description(
                    "At most so many events a second (default: each as soon as the last is"
                        + " answered).")
                .build())
        .addOption(
            RequestOptions.text(TIMEOUT)
                .paramLabel("SECONDS")
                .description("How long one request may take (default: 30).")
                .build())
        .addOption(flag(PRINT, "Print the request instead of sending it."));
  }

  private static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).arity("0").type(boolean.class).description(description).build();
  }

  @Override
  public int run(ParseResult arguments) throws InterruptedException {
    int timeoutSeconds = number(arguments, TIMEOUT, 30, MAX_TIMEOUT_SECONDS);
    Plan plan =
        new Plan(
            number(arguments, COUNT, 1, Plan.MAX_COUNT),
            number(arguments, RATE, 0, Plan.MAX_PER_SECOND),
            arguments.hasMatchedOption(DUPLICATE));
    Impersonation provider = impersonation(arguments);
    try {
      if (arguments.hasMatchedOption(PRINT)) {
        print(provider);
        return Cli.OK;
      }
      try (Trigger trigger = new Trigger(Duration.ofSeconds(timeoutSeconds), world)) {
        return send(trigger, provider, plan);
      }
    } catch (IllegalArgumentException e) {
      throw new WrongUsage(String.valueOf(e.getMessage()));
    }
  }

  private static int number(ParseResult arguments, String option, int usual, int max) {
    String text = RequestOptions.single(arguments, option, "");
    if (text.isEmpty() && !arguments.hasMatchedOption(option)) {
      return usual;
    }
    if (text.matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= max) {
        return number;
      }
    }
    throw new WrongUsage("%s is not a number from 1 to %d: %s".formatted(option, max, text));
  }

  private Impersonation impersonation(ParseResult arguments) {
    String name = arguments.matchedPositional(0).originalStringValues().getFirst();
    int dot = name.indexOf('.');
    boolean named = dot >= 0 && !Providers.all().contains(name);
    Provider provider = options.provider(named ? name.substring(0, dot) : name, arguments);
    if (provider.samples().isEmpty()) {
      throw new WrongUsage(provider.name() + " has no samples");
    }
    String sample = named ? name.substring(dot + 1) : provider.samples().getFirst();
    List<String> secrets = options.secrets(arguments);
    String to = RequestOptions.single(arguments, TO, "");
    try {
      return new Impersonation(
          provider,
          sample,
          secrets.isEmpty() ? "" : secrets.getFirst(),
          new Impersonation.Target(to, RequestOptions.single(arguments, PUBLIC_URL, to)),
          manner(arguments));
    } catch (InvalidSecret e) {
      throw RequestOptions.wrong(provider, secrets, e);
    } catch (IllegalArgumentException e) {
      throw new WrongUsage(String.valueOf(e.getMessage()));
    }
  }

  private static Manner manner(ParseResult arguments) {
    boolean forge = arguments.hasMatchedOption(FORGE);
    boolean stale = arguments.hasMatchedOption(STALE);
    if (forge && stale) {
      throw new WrongUsage("choose one of " + FORGE + " and " + STALE);
    }
    if (forge) {
      return Manner.FORGED;
    }
    return stale ? Manner.STALE : Manner.GENUINE;
  }

  /** As HTTP/1.1 writes it, but with the whole URL and plain line breaks. */
  private void print(Impersonation provider) {
    SigningContext context =
        new SigningContext("msg_" + world.ids().next(), world.clock().instant());
    WebhookRequest request = provider.signed(provider.event(context), context);
    out.println(request.method() + " " + request.url());
    request.headers().forEach(line -> out.println(line.name() + ": " + line.value()));
    out.println();
    out.writeBytes(request.body());
    out.println();
  }

  private int send(Trigger trigger, Impersonation provider, Plan plan) throws InterruptedException {
    int requests = plan.count() * (plan.duplicated() ? 2 : 1);
    Consumer<Result> line = requests > MAX_LINES ? _ -> {} : result -> out.println(line(result));
    Tally tally = trigger.run(provider, plan, line);
    if (requests > MAX_LINES) {
      out.println(
          tally.counts().entrySet().stream()
              .map(count -> count.getKey() + ": " + count.getValue())
              .collect(Collectors.joining(", ", tally.total() + " requests; ", "")));
      out.println(
          "p50 %d ms, p99 %d ms"
              .formatted(
                  milliseconds(tally.percentileNanos(50)),
                  milliseconds(tally.percentileNanos(99))));
    }
    if (provider.manner() != Manner.GENUINE) {
      out.println(
          tally.isAsExpected() ? "refused, as it should be" : "not refused with 401 or 403");
    }
    return tally.isAsExpected() ? Cli.OK : Cli.FAILED;
  }

  private static String line(Result result) {
    long milliseconds = milliseconds(result.nanos());
    return switch (result) {
      case Result.Answered(int status, byte[] body, _) ->
          "%d in %d ms  %s".formatted(status, milliseconds, shown(body)).stripTrailing();
      case Result.Failed(String why, _) -> "no answer after %d ms: %s".formatted(milliseconds, why);
    };
  }

  /** Rounded up: nothing takes no time. */
  private static long milliseconds(long nanos) {
    return Math.ceilDiv(nanos, NANOS_PER_MILLISECOND);
  }

  /** One line of an answer, with nothing in it that a terminal obeys. */
  private static String shown(byte[] body) {
    String text = new String(body, UTF_8).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "…";
  }
}
