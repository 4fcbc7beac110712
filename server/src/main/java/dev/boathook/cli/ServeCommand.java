package dev.boathook.cli;

import dev.boathook.config.Setting;
import dev.boathook.config.SettingsLoader;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code boathook serve}: a flag for every {@link Setting} that has one. */
final class ServeCommand implements Command {
  private final SettingsLoader loader;
  private final ServeAction action;

  ServeCommand(SettingsLoader loader, ServeAction action) {
    this.loader = loader;
    this.action = action;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Cli.described(
            "serve",
            "Runs the server until it is stopped. Each flag also works as a variable, as"
                + " BOATHOOK_ADMIN_PORT, and in the YAML file, as admin_port.");
    for (Setting setting : Setting.values()) {
      setting
          .flag()
          .ifPresent(flag ->
              spec.addOption(
                  OptionSpec.builder(flag)
                      .arity("1")
                      .type(setting.isList() ? List.class : String.class)
                      .auxiliaryTypes(String.class)
                      .paramLabel(setting.valueName())
                      .description(
                          setting.description() + " (default: " + setting.defaultText() + ")")
                      .build()));
    }
    spec.usageMessage()
        .footer(
            "",
            "Not as flags, since every user sees them: "
                + Setting.ADMIN_KEY.environment()
                + " ("
                + Setting.ADMIN_KEY.description()
                + "), "
                + Setting.DATABASE_PASSWORD.environment()
                + ".");
    return spec;
  }

  @Override
  public int run(ParseResult arguments) throws Exception {
    Map<Setting, List<String>> flags = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      setting
          .flag()
          .filter(arguments::hasMatchedOption)
          .ifPresent(
              flag -> flags.put(setting, arguments.matchedOption(flag).originalStringValues()));
    }
    return action.run(loader.load(flags));
  }
}
