package dev.boathook.config;

import dev.boathook.address.Cidr;
import dev.boathook.config.Settings.Address;
import dev.boathook.config.Settings.LogFormat;
import dev.boathook.config.Settings.TlsFiles;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Puts settings together: a flag goes before the environment, that before the YAML file, that
 * before the default. What is said in one place replaces what is said in a lower one; lists too.
 *
 * <p>An empty variable counts as none. The YAML file is the one that is named, or else {@value
 * #FILE_NAME} in the data folder, if it is there. In it a secret may be {@code @FILE} (the file's
 * text, without its last newline) or {@code ${VARIABLE}}, and relative paths count from its folder.
 */
public final class SettingsLoader {
  /** The file that is looked for in the data folder. */
  public static final String FILE_NAME = "boathook.yaml";

  /** The largest YAML file. */
  public static final int MAX_FILE_BYTES = 1 << 20;

  private final Map<String, String> environment;
  private final FileReader files;

  /** A loader in this environment, with these files. */
  public SettingsLoader(Map<String, String> environment, FileReader files) {
    this.environment = Map.copyOf(environment);
    this.files = files;
  }

  /**
   * The settings.
   *
   * @param flags what stands on the command line; not empty lists
   * @throws InvalidConfiguration if a setting cannot be what it is, or a file cannot be read
   */
  public Settings load(Map<Setting, List<String>> flags) {
    Outside outside = new Outside(flags);
    Optional<ConfigFile> file = configFile(outside);
    Lookup lookup =
        setting -> outside.given(setting).or(() -> file.flatMap(it -> it.given(setting)));

    Path data = lookup.given(Setting.DATA).map(Given::path).orElse(Settings.DEFAULT_DATA);
    Optional<DatabaseUrl> database =
        lookup.given(Setting.DATABASE_URL).map(SettingsLoader::databaseUrl);
    if (database.isEmpty()) {
      refuse(lookup, Setting.DATABASE_USER, Setting.DATABASE_URL);
      refuse(lookup, Setting.DATABASE_PASSWORD, Setting.DATABASE_URL);
    }
    try {
      return new Settings(
          data,
          address(lookup, Setting.HOST, Setting.PORT, Settings.DEFAULT_PUBLIC),
          address(lookup, Setting.ADMIN_HOST, Setting.ADMIN_PORT, Settings.DEFAULT_ADMIN),
          database.map(DatabaseUrl::jdbcUrl),
          database.flatMap(DatabaseUrl::user).or(() -> text(lookup, Setting.DATABASE_USER)),
          database.flatMap(DatabaseUrl::password).or(() -> text(lookup, Setting.DATABASE_PASSWORD)),
          lookup
              .given(Setting.KEY_FILE)
              .map(Given::path)
              .orElseGet(() -> data.resolve(Settings.DEFAULT_KEY_FILE)),
          lookup
              .given(Setting.ADMIN_KEY)
              .map(given -> checked(given, given.text(), Settings::checkAdminKey)),
          lookup.given(Setting.PUBLIC_URL).map(SettingsLoader::publicUrl),
          lookup.given(Setting.ALLOW_NET).map(SettingsLoader::nets).orElse(List.of()),
          lookup.given(Setting.TRUSTED_PROXY).map(SettingsLoader::nets).orElse(List.of()),
          tls(lookup, Setting.TLS_CERTIFICATE, Setting.TLS_KEY),
          tls(lookup, Setting.ADMIN_TLS_CERTIFICATE, Setting.ADMIN_TLS_KEY),
          lookup.given(Setting.LOG_FORMAT).map(SettingsLoader::logFormat).orElse(LogFormat.TEXT),
          file.map(ConfigFile::sources).orElse(List.of()),
          file.map(ConfigFile::endpoints).orElse(List.of()));
    } catch (InvalidConfiguration e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidConfiguration("settings", String.valueOf(e.getMessage()));
    }
  }

  /** What somebody gave for a setting, in whatever place. */
  @FunctionalInterface
  private interface Lookup {
    Optional<Given> given(Setting setting);
  }

  /** What is given outside the file. */
  private final class Outside implements Lookup {
    private final Map<Setting, List<String>> flags;

    Outside(Map<Setting, List<String>> flags) {
      this.flags = flags;
    }

    @Override
    public Optional<Given> given(Setting setting) {
      List<String> texts = flags.get(setting);
      if (texts != null) {
        return Optional.of(
            new Given(setting, setting.flag().orElseThrow(), split(setting, texts), null));
      }
      String text = environment.getOrDefault(setting.environment(), "");
      return text.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new Given(setting, setting.environment(), split(setting, List.of(text)), null));
    }

    private static List<String> split(Setting setting, List<String> texts) {
      if (!setting.isList()) {
        return texts;
      }
      List<String> parts = new ArrayList<>();
      for (String text : texts) {
        for (String part : text.split(",", -1)) {
          parts.add(part.strip());
        }
      }
      return parts;
    }
  }

  private Optional<ConfigFile> configFile(Outside outside) {
    Optional<Given> named = outside.given(Setting.CONFIG);
    Path file =
        named
            .map(Given::path)
            .orElseGet(() ->
                outside
                    .given(Setting.DATA)
                    .map(Given::path)
                    .orElse(Settings.DEFAULT_DATA)
                    .resolve(FILE_NAME));
    byte[] yaml;
    try {
      yaml = files.read(file, MAX_FILE_BYTES);
    } catch (NoSuchFileException e) {
      if (named.isPresent()) {
        throw named.get().wrong(FileReader.problem(e));
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new InvalidConfiguration(file.toString(), FileReader.problem(e));
    }
    ConfigFile config = new ConfigFile(file, yaml, environment, files);
    if (named.isEmpty()) {
      config
          .given(Setting.DATA)
          .ifPresent(data -> {
            throw data.wrong(
                "cannot stand in the file of the data folder itself; name the file with --config");
          });
    }
    return Optional.of(config);
  }

  private static Address address(Lookup lookup, Setting host, Setting port, Address usual) {
    String name = text(lookup, host).orElse(usual.host());
    int number = lookup.given(port).map(SettingsLoader::port).orElse(usual.port());
    try {
      return new Address(name, number);
    } catch (IllegalArgumentException e) {
      throw lookup.given(host).orElseThrow().wrong(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<TlsFiles> tls(Lookup lookup, Setting certificate, Setting key) {
    Optional<Given> chain = lookup.given(certificate);
    Optional<Given> secret = lookup.given(key);
    if (chain.isPresent() != secret.isPresent()) {
      throw chain
          .or(() -> secret)
          .orElseThrow()
          .wrong(needs(chain.isPresent() ? key : certificate));
    }
    return chain.map(it -> new TlsFiles(it.path(), secret.orElseThrow().path()));
  }

  /** Who says something that is of no use alone means something else than would happen. */
  private static void refuse(Lookup lookup, Setting alone, Setting missing) {
    lookup
        .given(alone)
        .ifPresent(given -> {
          throw given.wrong(needs(missing));
        });
  }

  private static String needs(Setting missing) {
    return "needs " + missing.key() + " too";
  }

  private static int port(Given given) {
    String text = given.text();
    if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= Address.MAX_PORT) {
      return Integer.parseInt(text);
    }
    // Kubernetes names such a variable after every service, so after one called boathook too.
    String hint =
        text.startsWith("tcp://") ? " (set by Kubernetes: use enableServiceLinks: false)" : "";
    throw given.wrong("is not a port from 0 to " + Address.MAX_PORT + hint);
  }

  private static Optional<String> text(Lookup lookup, Setting setting) {
    return lookup.given(setting).map(Given::text);
  }

  private static DatabaseUrl databaseUrl(Given given) {
    try {
      return DatabaseUrl.parse(given.text());
    } catch (IllegalArgumentException e) {
      throw given.wrong(String.valueOf(e.getMessage()));
    }
  }

  private static String publicUrl(Given given) {
    String url = given.text();
    return checked(
        given,
        url.endsWith("/") ? url.substring(0, url.length() - 1) : url,
        Settings::checkPublicUrl);
  }

  private static String checked(Given given, String text, Consumer<String> check) {
    try {
      check.accept(text);
      return text;
    } catch (IllegalArgumentException e) {
      throw given.wrong(String.valueOf(e.getMessage()));
    }
  }

  private static List<Cidr> nets(Given given) {
    List<Cidr> nets = new ArrayList<>();
    for (String text : given.texts()) {
      try {
        nets.add(Cidr.parse(text));
      } catch (IllegalArgumentException e) {
        throw given.wrong(text, "is not a range as 10.0.0.0/8: " + e.getMessage());
      }
    }
    return nets;
  }

  private static LogFormat logFormat(Given given) {
    for (LogFormat format : LogFormat.values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(given.text())) {
        return format;
      }
    }
    throw given.wrong("is neither text nor json");
  }
}
