package dev.boathook.cli;

import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.WebhookRequest;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code boathook verify}: says whether a request is genuine and, if not, why. */
final class VerifyCommand implements Command {
  private final RequestOptions options;
  private final PrintStream out;

  VerifyCommand(RequestOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Cli.described(
            "verify",
            "Says 'verified' or, where nothing is signed, 'accepted' (exit status 0), or 'rejected:"
                + " why' (1; 2 for wrong usage), and hints at the usual mistakes.");
    return options.addTo(spec);
  }

  @Override
  public int run(ParseResult arguments) {
    Provider provider = options.provider(arguments);
    List<String> secrets = options.secrets(arguments);
    WebhookRequest request = options.request(arguments);
    Instant now = options.now(arguments);
    Verdict verdict;
    try {
      verdict = provider.verifier(secrets).verify(request, now);
    } catch (InvalidSecret e) {
      throw RequestOptions.wrong(provider, secrets, e);
    }
    return switch (verdict) {
      case Verdict.Verified(int secret) -> {
        out.println("verified" + which(secrets, secret));
        yield Cli.OK;
      }
      case Verdict.Unsigned(OptionalInt secret) -> {
        out.println(
            secret.isPresent()
                ? "accepted by its token, unsigned" + which(secrets, secret.getAsInt())
                : "accepted, though nothing proves its sender");
        yield Cli.OK;
      }
      case Verdict.Undecided undecided -> {
        out.println("undecided: " + undecided.detail());
        out.println(
            "hint: nothing is fetched here; where the provider has the setting public_key, give it"
                + " with --setting public_key=\"$(cat key.pem)\"");
        yield Cli.FAILED;
      }
      case Verdict.Rejected rejected -> {
        Hints hints = new Hints(provider, secrets, request);
        out.println("rejected: " + Hints.readable(rejected, options.isClockTime(arguments)));
        hints.about(rejected, now).forEach(hint -> out.println("hint: " + hint));
        yield Cli.FAILED;
      }
    };
  }

  private static String which(List<String> secrets, int secret) {
    return secrets.size() < 2 ? "" : " (secret " + (secret + 1) + ")";
  }
}
