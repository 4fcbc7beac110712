package dev.boathook.cli;

import dev.boathook.config.FileReader;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.WebhookRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options that describe a request and who signs it: those of {@code verify} and {@code sign}.
 */
final class RequestOptions {
  /** The largest body: what GitHub sends, 25 MB, and a little. */
  static final int MAX_BODY_BYTES = 26 << 20;

  private static final int MAX_HEADER_FILE_BYTES = 1 << 20;

  /** 9999-12-31T23:59:59Z, the last second whose year has four digits. */
  private static final long MAX_UNIX_SECONDS = 253_402_300_799L;

  private static final String PROVIDER = "PROVIDER";
  static final String SECRET = "--secret";
  private static final String URL = "--url";
  private static final String METHOD = "--method";
  private static final String AT = "--at";
  private static final String HEADER = "--header";
  private static final String BODY = "--body";
  static final String SETTING = "--setting";
  static final String SETTING_DESCRIPTION =
      "A setting of a provider that has some, as header=X-Signature for hmac. May be repeated.";

  private final FileReader files;
  private final InputStream in;
  private final InstantSource clock;

  RequestOptions(FileReader files, InputStream in, InstantSource clock) {
    this.files = files;
    this.in = in;
    this.clock = clock;
  }

  /** Adds the options to a command. */
  CommandSpec addTo(CommandSpec spec) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .required(true)
            .arity("1")
            .type(String.class)
            .paramLabel(PROVIDER)
            .description("As stripe; boathook providers names them all.")
            .build());
    return spec.addOption(
            list(SECRET)
                .paramLabel("S")
                .description(
                    "A secret as the provider shows it, or @FILE; left out if it has none. May be"
                        + " repeated.")
                .build())
        .addOption(
            text(BODY)
                .paramLabel("FILE|-")
                .description("The body, byte for byte; - reads the input. Empty if missing.")
                .build())
        .addOption(
            list("-H", HEADER)
                .paramLabel("LINE")
                .description("A header line 'Name: value', or @FILE with many. May be repeated.")
                .build())
        .addOption(
            text(URL)
                .paramLabel("URL")
                .description("The public URL that the provider calls; some sign it.")
                .build())
        .addOption(
            text(METHOD)
                .paramLabel("METHOD")
                .description("The method; some sign it (default: POST).")
                .build())
        .addOption(
            text(AT)
                .paramLabel("UNIX_SECONDS")
                .description("The time to take for now, to look at a stored request.")
                .build())
        .addOption(list(SETTING).paramLabel("NAME=VALUE").description(SETTING_DESCRIPTION).build());
  }

  static OptionSpec.Builder text(String... names) {
    return OptionSpec.builder(names).arity("1").type(String.class);
  }

  static OptionSpec.Builder list(String... names) {
    return OptionSpec.builder(names).arity("1").type(List.class).auxiliaryTypes(String.class);
  }

  /** The provider with its settings. */
  Provider provider(ParseResult arguments) {
    return provider(arguments.matchedPositional(0).originalStringValues().getFirst(), arguments);
  }

  /** The provider of this name with its settings. */
  Provider provider(String name, ParseResult arguments) {
    try {
      return Providers.named(name, settings(arguments));
    } catch (IllegalArgumentException e) {
      throw new WrongUsage(String.valueOf(e.getMessage()));
    }
  }

  /** The provider's settings. */
  Map<String, String> settings(ParseResult arguments) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String setting : given(arguments, SETTING)) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new WrongUsage(SETTING + " is not NAME=VALUE: " + setting);
      }
      String name = setting.substring(0, equals);
      if (settings.put(name, setting.substring(equals + 1)) != null) {
        throw new WrongUsage(SETTING + " is given twice: " + name);
      }
    }
    return settings;
  }

  /** The secrets, read from their files. */
  List<String> secrets(ParseResult arguments) {
    List<String> secrets = new ArrayList<>();
    for (String secret : given(arguments, SECRET)) {
      secrets.add(
          secret.startsWith("@") ? file(SECRET, secret.substring(1), files::readSecret) : secret);
    }
    return secrets;
  }

  /** A complaint about the secrets, in the words of the command line. */
  static WrongUsage wrong(Provider provider, List<String> secrets, InvalidSecret problem) {
    String hint = provider.secretHint();
    return new WrongUsage(
        !secrets.isEmpty()
            ? String.valueOf(problem.getMessage())
            : provider.name() + " needs a " + SECRET + (hint.isEmpty() ? "" : ": " + hint));
  }

  /** Now, or the moment to take for it. */
  Instant now(ParseResult arguments) {
    List<String> at = given(arguments, AT);
    if (at.isEmpty()) {
      return clock.instant();
    }
    String text = at.getFirst();
    if (text.matches("[0-9]{1,12}") && Long.parseLong(text) <= MAX_UNIX_SECONDS) {
      return Instant.ofEpochSecond(Long.parseLong(text));
    }
    throw new WrongUsage(AT + " is not a Unix time in seconds: " + text);
  }

  /** Whether now is the clock's. */
  boolean isClockTime(ParseResult arguments) {
    return given(arguments, AT).isEmpty();
  }

  /** The request. */
  WebhookRequest request(ParseResult arguments) {
    return new WebhookRequest(
        single(arguments, METHOD, "POST").toUpperCase(Locale.ROOT),
        single(arguments, URL, ""),
        headers(arguments),
        body(arguments));
  }

  private Headers headers(ParseResult arguments) {
    Headers.Builder headers = Headers.builder();
    for (String line : given(arguments, HEADER)) {
      if (line.startsWith("@")) {
        file(HEADER, line.substring(1), path -> files.readText(path, MAX_HEADER_FILE_BYTES))
            .lines()
            .filter(fileLine -> !fileLine.isBlank())
            .forEach(fileLine -> add(headers, fileLine));
      } else {
        add(headers, line);
      }
    }
    return headers.build();
  }

  private static void add(Headers.Builder headers, String line) {
    int colon = line.indexOf(':');
    String name = colon < 0 ? "" : line.substring(0, colon).strip();
    if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw new WrongUsage("a header line is not 'Name: value': " + line);
    }
    headers.add(name, line.substring(colon + 1).strip());
  }

  private byte[] body(ParseResult arguments) {
    String name = single(arguments, BODY, "");
    if (name.isEmpty()) {
      return new byte[0];
    }
    if (name.equals("-")) {
      return file(BODY, name, _ -> FileReader.limited(in, MAX_BODY_BYTES));
    }
    return file(BODY, name, path -> files.read(path, MAX_BODY_BYTES));
  }

  static String single(ParseResult arguments, String option, String usual) {
    List<String> given = given(arguments, option);
    return given.isEmpty() ? usual : given.getFirst();
  }

  static List<String> given(ParseResult arguments, String option) {
    return arguments.hasMatchedOption(option)
        ? arguments.matchedOption(option).originalStringValues()
        : List.of();
  }

  private interface Read<T> {
    T from(Path file) throws IOException;
  }

  private static <T> T file(String option, String name, Read<T> read) {
    try {
      return read.from(Path.of(name));
    } catch (InvalidPathException e) {
      throw new WrongUsage(option + ": not a path: " + name);
    } catch (IOException e) {
      throw new WrongUsage(option + ": " + name + " " + FileReader.problem(e));
    }
  }
}
