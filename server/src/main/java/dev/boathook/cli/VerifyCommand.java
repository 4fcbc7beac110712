package dev.boathook.cli;

import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.WebhookRequest;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
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
            "Says 'verified' (exit status 0) or 'rejected: why' (1; 2 for wrong usage), and hints"
                + " at the usual mistakes.");
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
      throw new WrongUsage(String.valueOf(e.getMessage()));
    }
    return switch (verdict) {
      case Verdict.Verified(int secret) -> {
        out.println(secrets.size() == 1 ? "verified" : "verified (secret " + (secret + 1) + ")");
        yield Cli.OK;
      }
      case Verdict.Unsigned _ -> {
        out.println("accepted, but nothing of it is signed");
        yield Cli.OK;
      }
      case Verdict.Undecided undecided -> {
        out.println("undecided: " + undecided.detail());
        yield Cli.FAILED;
      }
      case Verdict.Rejected rejected -> {
        Hints hints = new Hints(provider, options.settings(arguments), secrets, request);
        out.println("rejected: " + Hints.readable(rejected, options.isClockTime(arguments)));
        hints.about(rejected, now).forEach(hint -> out.println("hint: " + hint));
        yield Cli.FAILED;
      }
    };
  }
}
