package dev.boathook.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Signer;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.world.Ids;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code boathook sign}: prints the header lines that a provider would send with a body. Where the
 * signature stands in the body or the URL, those are written to files, so that all of it can be
 * given to curl.
 */
final class SignCommand implements Command {
  private static final String ID = "--id";
  private static final String BODY_OUT = "--body-out";
  private static final String URL_OUT = "--url-out";

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
                .build())
        .addOption(
            RequestOptions.text(BODY_OUT)
                .paramLabel("FILE")
                .description("Takes the body, for providers whose signature or token stands in it.")
                .build())
        .addOption(
            RequestOptions.text(URL_OUT)
                .paramLabel("FILE")
                .description("Takes the URL, for providers whose signature or token stands in it.")
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
    } catch (InvalidSecret e) {
      throw RequestOptions.wrong(provider, secrets, e);
    } catch (IllegalArgumentException e) {
      throw new WrongUsage(String.valueOf(e.getMessage()));
    }
    boolean sameBody = Arrays.equals(signed.body(), unsigned.body());
    boolean sameUrl = signed.url().equals(unsigned.url());
    write(arguments, BODY_OUT, "the body", sameBody, signed.body());
    write(arguments, URL_OUT, "the URL", sameUrl, signed.url().getBytes(UTF_8));
    int given = unsigned.headers().size();
    for (Headers.Line line : signed.headers()) {
      if (given-- <= 0) {
        out.println(line.name() + ": " + line.value());
      }
    }
    return Cli.OK;
  }

  /** Writes what may have changed; if it has, nobody must miss it. */
  private static void write(
      ParseResult arguments, String option, String what, boolean same, byte[] bytes) {
    String file = RequestOptions.single(arguments, option, "");
    if (file.isEmpty()) {
      if (!same) {
        throw new WrongUsage("signing changes %s: %s FILE takes it".formatted(what, option));
      }
      return;
    }
    try {
      Files.write(Path.of(file), bytes);
    } catch (InvalidPathException | IOException e) {
      throw new WrongUsage("%s: %s cannot be written: %s".formatted(option, file, e.getMessage()));
    }
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
    return provider.signer(secrets.isEmpty() ? "" : secrets.getFirst());
  }
}
