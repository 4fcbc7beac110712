package dev.boathook.config;

import dev.boathook.address.Cidr;
import dev.boathook.config.Settings.EndpointSettings;
import dev.boathook.config.Settings.SourceSettings;
import dev.boathook.config.YamlNode.Entries;
import dev.boathook.config.YamlNode.Entry;
import dev.boathook.config.YamlNode.Items;
import dev.boathook.config.YamlNode.Nothing;
import dev.boathook.config.YamlNode.Scalar;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.StatusPattern;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.outbound.InvalidTargetUrl;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.InvalidSettings;
import dev.boathook.signatures.Place;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.source.ReplyFallback;
import dev.boathook.source.SequenceRule;
import dev.boathook.source.Source;
import dev.boathook.tls.ClientCertificates;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The YAML file: settings with one value under their keys, sources, endpoints. */
final class ConfigFile {
  private static final String SOURCES = "sources";
  private static final String ENDPOINTS = "endpoints";
  private static final Set<String> SOURCE_KEYS =
      Set.of(
          "name",
          "provider",
          "secrets",
          "settings",
          "public_url",
          "allowed_nets",
          "client_certificates",
          "reply_endpoint",
          "reply_fallback",
          "ordering_key",
          "sequence");
  private static final Set<String> CERTIFICATES_KEYS = Set.of("sha256", "ca", "names");
  private static final Set<String> FALLBACK_KEYS = Set.of("status", "content_type", "body");
  private static final Set<String> SEQUENCE_KEYS =
      Set.of("kind", "at", "resource", "starts_at", "wait_seconds", "max_held", "late");
  private static final Set<String> ENDPOINT_KEYS =
      Set.of(
          "name",
          "url",
          "sources",
          "types",
          "order",
          "retry_schedule_seconds",
          "final_statuses",
          "max_in_flight",
          "rate_per_second",
          "rate_burst",
          "secret",
          "allowed_nets");
  private static final List<String> EVERY_TYPE = List.of("*");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,3})?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,9})?");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,19}");

  private final Path file;
  private final Map<String, Entry> entries;
  private final Map<String, String> environment;
  private final FileReader files;

  /**
   * Reads the file's text.
   *
   * @throws InvalidConfiguration if it is not YAML, or holds a key that no setting has
   */
  ConfigFile(Path file, byte[] yaml, Map<String, String> environment, FileReader files) {
    this.file = file;
    this.environment = environment;
    this.files = files;
    Set<String> known =
        Stream.concat(
                Arrays.stream(Setting.values())
                    .filter(setting -> setting != Setting.CONFIG)
                    .map(Setting::key),
                Stream.of(SOURCES, ENDPOINTS))
            .collect(Collectors.toUnmodifiableSet());
    YamlNode root = YamlNode.read(file.toString(), yaml);
    this.entries = root instanceof Nothing ? Map.of() : entries(root, "the file", known);
  }

  /** What the file says about a setting. */
  Optional<Given> given(Setting setting) {
    Entry entry = entries.get(setting.key());
    if (entry == null) {
      return Optional.empty();
    }
    List<String> texts =
        setting.isList()
            ? texts(setting.key(), entry.value())
            : List.of(text(setting.key(), entry.value()));
    if (setting.isSecret()) {
      texts = List.of(secret(setting.key(), entry.value(), texts.getFirst()));
    }
    return Optional.of(new Given(setting, where(entry.line(), setting.key()), texts, file));
  }

  List<SourceSettings> sources() {
    return named(SOURCES, "source", this::source, SourceSettings::name);
  }

  List<EndpointSettings> endpoints() {
    return named(ENDPOINTS, "endpoint", this::endpoint, EndpointSettings::name);
  }

  private SourceSettings source(YamlNode node) {
    Map<String, Entry> source = entries(node, "a source", SOURCE_KEYS);
    String name = text("name", required(node, "a source", source, "name"));
    YamlNode provider = required(node, "a source", source, "provider");
    YamlNode secretsNode = optional(source, "secrets");
    List<String> secrets = new ArrayList<>();
    for (YamlNode secret :
        secretsNode == null ? List.<YamlNode>of() : items("secrets", secretsNode)) {
      secrets.add(secret("secrets", secret, text("secrets", secret)));
    }
    YamlNode settingsNode = optional(source, "settings");
    Map<String, String> settings = settingsNode == null ? Map.of() : settings(settingsNode);
    Provider known;
    try {
      known = Providers.named(text("provider", provider), settings);
    } catch (InvalidSettings e) {
      throw wrong(settingsNode == null ? provider : settingsNode, "settings", e);
    } catch (IllegalArgumentException e) {
      throw wrong(provider, "provider", e);
    }
    try {
      known.verifier(secrets);
    } catch (InvalidSecret e) {
      throw wrong(secretsNode == null ? node : secretsNode, "secrets", e);
    }
    Optional<List<Cidr>> nets =
        optional(source, "allowed_nets", it -> parsedList("allowed_nets", it, Cidr::parse));
    Optional<ClientCertificates> certificates =
        optional(source, "client_certificates", this::certificates);
    Optional<ReplyFallback> fallback = optional(source, "reply_fallback", this::fallback);
    Optional<SequenceRule> sequence = optional(source, "sequence", this::sequence);
    return checked(
        node,
        "a source",
        () ->
            new SourceSettings(
                name,
                known.name(),
                secrets,
                settings,
                optionalText(source, "public_url", Source::checkPublicUrl),
                nets,
                certificates,
                optionalText(source, "reply_endpoint", _ -> {}),
                fallback,
                place(source, "ordering_key"),
                sequence));
  }

  private ClientCertificates certificates(YamlNode node) {
    Map<String, Entry> accepted = entries(node, "client_certificates", CERTIFICATES_KEYS);
    YamlNode sha256 = optional(accepted, "sha256");
    YamlNode ca = optional(accepted, "ca");
    YamlNode names = optional(accepted, "names");
    return checked(
        node,
        "client_certificates",
        () ->
            ClientCertificates.of(
                sha256 == null ? List.of() : texts("sha256", sha256),
                ca == null ? null : secret("ca", ca, text("ca", ca)),
                names == null ? List.of() : texts("names", names)));
  }

  private ReplyFallback fallback(YamlNode node) {
    Map<String, Entry> fallback = entries(node, "reply_fallback", FALLBACK_KEYS);
    YamlNode status = required(node, "reply_fallback", fallback, "status");
    String number = text("status", status);
    if (!number.matches("[1-5][0-9][0-9]")) {
      throw wrong(status, "status", "is not an HTTP status");
    }
    return checked(
        node,
        "reply_fallback",
        () ->
            new ReplyFallback(
                Integer.parseInt(number),
                text("content_type", required(node, "reply_fallback", fallback, "content_type")),
                text("body", required(node, "reply_fallback", fallback, "body"))));
  }

  private SequenceRule sequence(YamlNode node) {
    Map<String, Entry> rule = entries(node, "sequence", SEQUENCE_KEYS);
    SequenceRule.Kind kind =
        parsed("kind", required(node, "sequence", rule, "kind"), SequenceRule.Kind::of);
    for (String key : List.of("starts_at", "wait_seconds", "max_held")) {
      YamlNode numbersOnly = optional(rule, key);
      if (numbersOnly != null && kind != SequenceRule.Kind.NUMBER) {
        throw wrong(numbersOnly, key, "is only for kind number: nothing waits by another");
      }
    }
    Place at = parsed("at", required(node, "sequence", rule, "at"), Place::parse);
    Optional<Place> resource = place(rule, "resource");
    Optional<Long> startsAt = value(rule, "starts_at", ConfigFile::number64);
    Optional<Integer> wait = value(rule, "wait_seconds", ConfigFile::count);
    Optional<Integer> maxHeld = value(rule, "max_held", ConfigFile::count);
    Optional<SequenceRule.Late> late = value(rule, "late", SequenceRule.Late::of);
    return checked(
        node,
        "sequence",
        () ->
            new SequenceRule(
                kind,
                at,
                resource.orElse(null),
                startsAt.orElse(null),
                wait.map(Duration::ofSeconds).orElse(SequenceRule.DEFAULT_WAIT),
                maxHeld.orElse(SequenceRule.DEFAULT_MAX_HELD),
                late.orElse(SequenceRule.Late.DELIVER)));
  }

  private Optional<Place> place(Map<String, Entry> entries, String key) {
    return value(entries, key, Place::parse);
  }

  private <T> Optional<T> value(Map<String, Entry> entries, String key, Function<String, T> parse) {
    return optional(entries, key, node -> parsed(key, node, parse));
  }

  private Optional<String> optionalText(
      Map<String, Entry> entries, String key, Consumer<String> check) {
    return optional(
        entries,
        key,
        node ->
            parsed(
                key,
                node,
                text -> {
                  check.accept(text);
                  return text;
                }));
  }

  private Map<String, String> settings(YamlNode node) {
    Map<String, String> settings = new LinkedHashMap<>();
    entries(node, "settings")
        .forEach((key, entry) -> settings.put(key, text("settings: " + key, entry.value())));
    return settings;
  }

  private EndpointSettings endpoint(YamlNode node) {
    Map<String, Entry> endpoint = entries(node, "an endpoint", ENDPOINT_KEYS);
    String name = text("name", required(node, "an endpoint", endpoint, "name"));
    YamlNode urlNode = required(node, "an endpoint", endpoint, "url");
    String url = text("url", urlNode);
    if (TargetUrl.parse(url) instanceof InvalidTargetUrl invalid) {
      throw wrong(urlNode, "url", invalid.message());
    }
    YamlNode sourcesNode = optional(endpoint, "sources");
    List<String> sources = sourcesNode == null ? List.of() : texts("sources", sourcesNode);
    if (sourcesNode != null && sources.isEmpty()) {
      throw wrong(
          sourcesNode,
          "sources",
          "is empty; without this key an endpoint gets the events of every source");
    }
    YamlNode typesNode = optional(endpoint, "types");
    List<String> types =
        typesNode == null
            ? EVERY_TYPE
            : parsedList("types", typesNode, text -> new TypePattern(text).text());
    return checked(
        node,
        "an endpoint",
        () -> {
          EndpointSettings settings =
              new EndpointSettings(
                  name,
                  url,
                  sources,
                  types,
                  optional(endpoint, "order", it -> parsed("order", it, Order::of)),
                  optional(endpoint, "retry_schedule_seconds", this::schedule),
                  optional(
                      endpoint,
                      "final_statuses",
                      it -> parsedList("final_statuses", it, StatusPattern::new)),
                  optional(
                      endpoint,
                      "max_in_flight",
                      it -> parsed("max_in_flight", it, ConfigFile::count)),
                  rate(endpoint),
                  optional(endpoint, "secret", this::signingSecret),
                  optional(
                      endpoint, "allowed_nets", it -> parsedList("allowed_nets", it, Cidr::parse)));
          DeliveryPolicy _ = settings.applyTo(DeliveryPolicy.DEFAULT); // Checks the limits.
          return settings;
        });
  }

  private RetrySchedule schedule(YamlNode node) {
    List<Duration> waits = parsedList("retry_schedule_seconds", node, ConfigFile::seconds);
    try {
      return new RetrySchedule(waits);
    } catch (IllegalArgumentException e) {
      throw wrong(node, "retry_schedule_seconds", e);
    }
  }

  private Optional<Rate> rate(Map<String, Entry> endpoint) {
    YamlNode burst = optional(endpoint, "rate_burst");
    YamlNode perSecond = optional(endpoint, "rate_per_second");
    if (perSecond == null) {
      if (burst != null) {
        throw wrong(burst, "rate_burst", "needs rate_per_second");
      }
      return Optional.empty();
    }
    Rate rate = parsed("rate_per_second", perSecond, text -> Rate.of(number(text)));
    return Optional.of(
        burst == null
            ? rate
            : parsed("rate_burst", burst, text -> new Rate(rate.perSecond(), count(text))));
  }

  private String signingSecret(YamlNode node) {
    String secret = secret("secret", node, text("secret", node));
    try {
      StandardWebhooks.checkSymmetricSecret(secret);
      return secret;
    } catch (InvalidSecret e) {
      throw wrong(node, "secret", e);
    }
  }

  private static Duration seconds(String text) {
    if (!SECONDS.matcher(text).matches()) {
      throw new IllegalArgumentException("is a list of seconds with at most three decimals");
    }
    return Duration.ofMillis(new BigDecimal(text).movePointRight(3).longValueExact());
  }

  private static double number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException("is a number with at most nine decimals");
    }
    return Double.parseDouble(text);
  }

  private static int count(String text) {
    if (!COUNT.matcher(text).matches()) {
      throw new IllegalArgumentException("is a whole number");
    }
    return Integer.parseInt(text);
  }

  private static long number64(String text) {
    try {
      if (DIGITS.matcher(text).matches()) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException("is a whole number up to " + Long.MAX_VALUE);
  }

  /** The things of a list that have a name each, once. */
  private <T> List<T> named(
      String key, String what, Function<YamlNode, T> read, Function<T, String> name) {
    Entry entry = entries.get(key);
    if (entry == null || entry.value() instanceof Nothing) {
      return List.of();
    }
    Map<String, T> named = new LinkedHashMap<>();
    for (YamlNode node : items(key, entry.value())) {
      T thing = read.apply(node);
      if (named.putIfAbsent(name.apply(thing), thing) != null) {
        throw wrong(
            node, "name", "another " + what + " is called " + Given.quoted(name.apply(thing)));
      }
    }
    return List.copyOf(named.values());
  }

  private <T> T checked(YamlNode node, String what, Supplier<T> made) {
    try {
      return made.get();
    } catch (InvalidConfiguration e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw wrong(node, what, e);
    }
  }

  /** A secret as it stands here, or {@code @FILE}, or {@code ${VARIABLE}}. */
  private String secret(String key, YamlNode node, String text) {
    if (text.startsWith("@")) {
      try {
        return files.readSecret(file.resolveSibling(text.substring(1)));
      } catch (InvalidPathException _) {
        throw wrong(node, key, "what follows @ is not a path");
      } catch (IOException e) {
        throw wrong(node, key, text.substring(1) + " " + FileReader.problem(e));
      }
    }
    if (text.startsWith("${") && text.endsWith("}")) {
      String variable = text.substring(2, text.length() - 1);
      String value = environment.get(variable);
      if (value == null || value.isEmpty()) {
        throw wrong(node, key, "the environment has no variable " + Given.quoted(variable));
      }
      return value;
    }
    return text;
  }

  private Map<String, Entry> entries(YamlNode node, String what) {
    if (node instanceof Entries(int _, Map<String, Entry> found)) {
      return found;
    }
    throw wrong(node, what, "is not a map of keys and values");
  }

  private Map<String, Entry> entries(YamlNode node, String what, Set<String> known) {
    Map<String, Entry> found = entries(node, what);
    found.forEach((key, entry) -> {
      if (!known.contains(key)) {
        throw new InvalidConfiguration(
            file + ":" + entry.line(),
            "no key " + Given.quoted(key) + "; there are " + joined(known));
      }
    });
    return found;
  }

  private static String joined(Collection<String> names) {
    return String.join(", ", new TreeSet<>(names));
  }

  private YamlNode required(YamlNode node, String what, Map<String, Entry> entries, String key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      throw wrong(node, what, "has no " + key);
    }
    return entry.value();
  }

  private static @Nullable YamlNode optional(Map<String, Entry> entries, String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value();
  }

  private static <T> Optional<T> optional(
      Map<String, Entry> entries, String key, Function<YamlNode, T> read) {
    return Optional.ofNullable(optional(entries, key)).map(read);
  }

  /** A text as what it says. */
  private <T> T parsed(String key, YamlNode node, Function<String, T> parse) {
    String text = text(key, node);
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw wrong(node, key, e);
    }
  }

  private <T> List<T> parsedList(String key, YamlNode node, Function<String, T> parse) {
    List<T> list = new ArrayList<>();
    for (YamlNode item : items(key, node)) {
      list.add(parsed(key, item, parse));
    }
    return list;
  }

  private List<YamlNode> items(String key, YamlNode node) {
    if (node instanceof Items(int _, List<YamlNode> nodes)) {
      return nodes;
    }
    throw wrong(node, key, "is not a list");
  }

  private List<String> texts(String key, YamlNode node) {
    return parsedList(key, node, text -> text);
  }

  private String text(String key, YamlNode node) {
    return switch (node) {
      case Scalar(int _, String text) -> text;
      case Nothing _ -> throw wrong(node, key, "has no value");
      case Items _ -> throw wrong(node, key, "is a list and must be a text or number");
      case Entries _ -> throw wrong(node, key, "is a map and must be a text or number");
    };
  }

  private InvalidConfiguration wrong(YamlNode node, String key, IllegalArgumentException e) {
    return wrong(node, key, String.valueOf(e.getMessage()));
  }

  private InvalidConfiguration wrong(YamlNode node, String key, String problem) {
    return new InvalidConfiguration(where(node.line(), key), problem);
  }

  private String where(int line, String key) {
    return file + ":" + line + ": " + key;
  }
}
