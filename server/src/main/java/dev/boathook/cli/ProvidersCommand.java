package dev.boathook.cli;

import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.json.JsonMapper;

/** {@code boathook providers}: who is known, and what is known of each. */
final class ProvidersCommand implements Command {
  private static final String JSON = "--json";
  private static final String CONTENT_TYPES = "content_types";

  private final RequestOptions options;
  private final PrintStream out;

  ProvidersCommand(RequestOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Cli.described(
            "providers",
            "Names every provider and what proves its requests: a signature, a token or nothing."
                + " With a name, tells all of one.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("0..1")
            .type(String.class)
            .paramLabel("NAME")
            .description("The provider to tell all of.")
            .build());
    return spec.addOption(
            RequestOptions.list(RequestOptions.SETTING)
                .paramLabel("NAME=VALUE")
                .description(RequestOptions.SETTING_DESCRIPTION)
                .build())
        .addOption(
            OptionSpec.builder(JSON)
                .arity("0")
                .type(boolean.class)
                .description("As JSON.")
                .build());
  }

  @Override
  public int run(ParseResult arguments) {
    boolean json = arguments.hasMatchedOption(JSON);
    if (arguments.hasMatchedPositional(0)) {
      Map<String, Object> all = all(provider(arguments));
      if (json) {
        printJson(all);
      } else {
        all.forEach(
            (name, value) -> out.printf("%-14s %s%n", name.replace('_', ' '), text(name, value)));
      }
      return Cli.OK;
    }
    if (!options.settings(arguments).isEmpty()) {
      throw new WrongUsage(RequestOptions.SETTING + " belongs to one provider: give its name");
    }
    List<Map<String, Object>> lines = Providers.all().stream().map(ProvidersCommand::line).toList();
    if (json) {
      printJson(lines);
    } else {
      lines.forEach(line ->
          out.printf("%-18s %-9s %s%n", line.get("name"), line.get("proof"), line.get("summary")));
    }
    return Cli.OK;
  }

  private Provider provider(ParseResult arguments) {
    if (!options.settings(arguments).isEmpty()) {
      return options.provider(arguments);
    }
    try {
      return Providers.described(arguments.matchedPositional(0).originalStringValues().getFirst());
    } catch (IllegalArgumentException e) {
      throw new WrongUsage(String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, Object> line(String name) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("name", name);
    Provider provider = Providers.described(name);
    line.put("proof", proof(provider));
    line.put("summary", provider.summary());
    return line;
  }

  private static String proof(Provider provider) {
    if (provider.signs()) {
      return "signed";
    }
    return provider.secretHint().isEmpty() ? "nothing" : "token";
  }

  private static Map<String, Object> all(Provider provider) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", provider.name());
    all.put("proof", proof(provider));
    all.put("summary", provider.summary());
    all.put("secret", provider.secretHint());
    all.put("time_checked", provider.timestamped());
    all.put("methods", provider.methods().stream().sorted().toList());
    all.put(CONTENT_TYPES, provider.contentTypes().stream().sorted().toList());
    all.put("dedupe_days", provider.dedupeWindow().toDays());
    all.put("max_body_bytes", provider.maxBodyBytes());
    all.put("samples", provider.samples());
    all.put("page", "docs/providers/" + provider.name() + ".md");
    return all;
  }

  private static String text(String name, Object value) {
    String text =
        switch (value) {
          case List<?> list -> list.stream().map(String::valueOf).collect(Collectors.joining(", "));
          case Boolean yes -> yes ? "yes" : "no";
          default -> value.toString();
        };
    if (!text.isEmpty()) {
      return text;
    }
    return name.equals(CONTENT_TYPES) ? "any" : "none";
  }

  private void printJson(Object value) {
    out.println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(value));
  }
}
