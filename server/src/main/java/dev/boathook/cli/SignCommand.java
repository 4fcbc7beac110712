package dev.boathook.cli;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Signer;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.world.Ids;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code boathook sign}: prints the header lines that a provider would send with a body. */
final class SignCommand implements Command {
  private static final String ID = "--id";

  /** The only provider that sends a signature for every secret during a rotation. */
  private static final String STANDARD_WEBHOOKS = "standard-webhooks";

  private final RequestOptions options;
  private final Ids ids;
  private final PrintStream out;

  SignCommand(RequestOptions options, Ids ids, PrintStream out) {
    this.options = options;
    this.ids = ids;
    this.out = out;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Cli.described(
            "sign",
            "Prints the header lines that the provider would send with this body, for verify and"
                + " for curl -H @FILE.");
    return options
        .addTo(spec)
        .addOption(
            OptionSpec.builder(ID)
                .arity("1")
                .type(String.class)
                .paramLabel("ID")
                .description("The message's id, where one is signed (default: a new one).")
                .build());
  }

  @Override
  public int run(ParseResult arguments) {
    Provider provider = options.provider(arguments);
    List<String> secrets = options.secrets(arguments);
    WebhookRequest unsigned = options.request(arguments);
    WebhookRequest signed;
    try {
      SigningContext context = new SigningContext(id(arguments), options.now(arguments));
      signed = signer(provider, secrets).sign(unsigned, context);
    } catch (IllegalArgumentException e) {
      throw new WrongUsage(String.valueOf(e.getMessage()));
    }
    int given = unsigned.headers().size();
    for (Headers.Line line : signed.headers()) {
      if (given-- <= 0) {
        out.println(line.name() + ": " + line.value());
      }
    }
    return Cli.OK;
  }

  private String id(ParseResult arguments) {
    return arguments.hasMatchedOption(ID)
        ? arguments.matchedOption(ID).originalStringValues().getFirst()
        : "msg_" + ids.next();
  }

  /**
   * The signer of these secrets.
   *
   * @throws InvalidSecret if one is not in the provider's form or cannot sign
   */
  private static Signer signer(Provider provider, List<String> secrets) {
    if (provider.name().equals(STANDARD_WEBHOOKS)) {
      return StandardWebhooks.signer(secrets);
    }
    if (secrets.size() > 1) {
      throw new WrongUsage(provider.name() + " signs with one secret");
    }
    return provider.signer(secrets.getFirst());
  }
}
