package dev.boathook.config;

import dev.boathook.address.Cidr;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.StatusPattern;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.outbound.InvalidTargetUrl;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.signatures.Place;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.source.ReplyFallback;
import dev.boathook.source.SequenceRule;
import dev.boathook.source.Source;
import dev.boathook.tls.ClientCertificates;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How a server is to run.
 *
 * @param data the data folder: the embedded store, the sealing key
 * @param publicAddress where the public listener is bound
 * @param adminAddress where the admin listener is bound
 * @param databaseUrl a PostgreSQL of the operator's own, as JDBC names it ({@code
 *     jdbc:postgresql://…}); empty for the embedded one
 * @param databaseUser its role, unless the URL names it
 * @param databasePassword its password, unless the URL names it
 * @param keyFile the sealing key; by default in the data folder
 * @param adminKey the first API key's secret, if the operator sets it; {@value
 *     #MIN_ADMIN_KEY_CHARACTERS} to {@value #MAX_ADMIN_KEY_CHARACTERS} visible ASCII characters
 * @param publicUrl what the public listener is called from outside, for the URLs that are shown;
 *     without a slash at the end
 * @param allowedNets private networks that endpoints may be in
 * @param trustedProxies where proxies are whose word is taken for who the caller is
 * @param publicTls what the public listener shows of itself; empty for plain HTTP
 * @param adminTls what the admin listener shows of itself; empty for plain HTTP
 * @param logFormat text or json
 * @param sources sources to be made at start, each name once
 * @param endpoints the project's own endpoints to be made at start, each name once
 */
public record Settings(
    Path data,
    Address publicAddress,
    Address adminAddress,
    Optional<String> databaseUrl,
    Optional<String> databaseUser,
    Optional<String> databasePassword,
    Path keyFile,
    Optional<String> adminKey,
    Optional<String> publicUrl,
    List<Cidr> allowedNets,
    List<Cidr> trustedProxies,
    Optional<TlsFiles> publicTls,
    Optional<TlsFiles> adminTls,
    LogFormat logFormat,
    List<SourceSettings> sources,
    List<EndpointSettings> endpoints) {
  /** The data folder when none is given. */
  public static final Path DEFAULT_DATA = Path.of("boathook-data");

  /** The public listener when nothing else is said: every address, port 8080. */
  public static final Address DEFAULT_PUBLIC = new Address("0.0.0.0", 8080);

  /** The admin listener when nothing else is said: this machine only, port 8081. */
  public static final Address DEFAULT_ADMIN = new Address("127.0.0.1", 8081);

  /** The file in the data folder with the sealing key, unless another is named. */
  public static final String DEFAULT_KEY_FILE = "sealing-key.json";

  /** The shortest API key that an operator may set: it is all that guards the API. */
  public static final int MIN_ADMIN_KEY_CHARACTERS = 32;

  /** The longest API key that an operator may set. */
  public static final int MAX_ADMIN_KEY_CHARACTERS = 200;

  /** The longest name of a source or endpoint. */
  public static final int MAX_NAME_CHARACTERS = 100;

  /** Checks what belongs together, and keeps copies. */
  public Settings {
    if (publicAddress.port() != 0
        && publicAddress.port() == adminAddress.port()
        && publicAddress.overlaps(adminAddress)) {
      throw new IllegalArgumentException(
          "the public and the private listener cannot both have port " + adminAddress.port());
    }
    adminKey.ifPresent(Settings::checkAdminKey);
    publicUrl.ifPresent(Settings::checkPublicUrl);
    allowedNets = List.copyOf(allowedNets);
    trustedProxies = List.copyOf(trustedProxies);
    sources = List.copyOf(sources);
    endpoints = List.copyOf(endpoints);
    checkUnique("source", sources, SourceSettings::name);
    checkUnique("endpoint", endpoints, EndpointSettings::name);
  }

  static void checkAdminKey(String key) {
    if (key.length() < MIN_ADMIN_KEY_CHARACTERS
        || key.length() > MAX_ADMIN_KEY_CHARACTERS
        || key.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw new IllegalArgumentException(
          "is not "
              + MIN_ADMIN_KEY_CHARACTERS
              + " to "
              + MAX_ADMIN_KEY_CHARACTERS
              + " visible ASCII characters");
    }
  }

  static void checkPublicUrl(String url) {
    if (TargetUrl.parse(url) instanceof InvalidTargetUrl invalid) {
      throw new IllegalArgumentException("is not a URL to show: " + invalid.message());
    }
    if (url.endsWith("/") || url.contains("?")) {
      throw new IllegalArgumentException("ends with a slash or has a query");
    }
  }

  private static <T> void checkUnique(String what, List<T> all, Function<T, String> name) {
    Set<String> names = new HashSet<>();
    for (T one : all) {
      if (!names.add(name.apply(one))) {
        throw new IllegalArgumentException(
            "two " + what + "s are called '" + name.apply(one) + "'");
      }
    }
  }

  private static void checkName(String name) {
    if (name.isBlank()
        || name.length() > MAX_NAME_CHARACTERS
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a name has 1 to " + MAX_NAME_CHARACTERS + " characters and no control character");
    }
  }

  /**
   * Where a listener is bound.
   *
   * @param host an address or name of this machine
   * @param port 0 for a free one
   */
  public record Address(String host, int port) {
    /** The highest port. */
    public static final int MAX_PORT = 65_535;

    private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

    /** Checks that there is a host, and the port. */
    public Address {
      if (host.isEmpty() || host.chars().anyMatch(c -> c <= ' ' || c == 0x7f || c == '/')) {
        throw new IllegalArgumentException("is not an address or name of this machine");
      }
      if (port < 0 || port > MAX_PORT) {
        throw new IllegalArgumentException("a port is 0 to " + MAX_PORT + ", not " + port);
      }
    }

    private boolean overlaps(Address other) {
      return host.equals(other.host)
          || EVERY_ADDRESS.contains(host)
          || EVERY_ADDRESS.contains(other.host);
    }
  }

  /**
   * Where a listener's certificate and key are.
   *
   * @param certificate the chain in PEM, the listener's own certificate first
   * @param key its private key, PKCS #8 in PEM
   */
  public record TlsFiles(Path certificate, Path key) {}

  /** How log lines look. */
  public enum LogFormat {
    /** For people. */
    TEXT,
    /** One JSON object a line. */
    JSON
  }

  /**
   * A source in the YAML file.
   *
   * @param name unique; a source of this name is changed, not made twice
   * @param provider the provider's name
   * @param secrets the secrets, newest first; empty for those that it has
   * @param settings the provider's settings
   * @param publicUrl the URL as it is registered at the provider; empty for what it is
   * @param allowedNets where callers may be; empty for what it is
   * @param clientCertificates what client certificate a caller must have; empty for what it is
   * @param replyEndpoint the name of the endpoint that is asked for answers; empty for what it is
   * @param replyFallback the answer when that endpoint gives none; empty for what it is
   * @param orderingKey where an event's ordering key stands; empty for what it is
   * @param sequence how its events are numbered; empty for what it is
   */
  public record SourceSettings(
      String name,
      String provider,
      List<String> secrets,
      Map<String, String> settings,
      Optional<String> publicUrl,
      Optional<List<Cidr>> allowedNets,
      Optional<ClientCertificates> clientCertificates,
      Optional<String> replyEndpoint,
      Optional<ReplyFallback> replyFallback,
      Optional<Place> orderingKey,
      Optional<SequenceRule> sequence) {
    /** Checks that the provider exists and can use the secrets and settings; keeps copies. */
    public SourceSettings {
      checkName(name);
      secrets = List.copyOf(secrets);
      settings = Map.copyOf(settings);
      publicUrl.ifPresent(Source::checkPublicUrl);
      allowedNets = allowedNets.map(List::copyOf);
      Providers.named(provider, settings).verifier(secrets);
    }

    /** One of which nothing more is said. */
    public SourceSettings(
        String name, String provider, List<String> secrets, Map<String, String> settings) {
      this(
          name,
          provider,
          secrets,
          settings,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    @Override
    public String toString() {
      return "SourceSettings[" + name + ", " + provider + "]";
    }
  }

  /**
   * An endpoint of the project's own in the YAML file.
   *
   * @param name unique; an endpoint of this name is changed, not made twice
   * @param url where events go
   * @param sources names of sources; empty for every one
   * @param types type patterns, at least one
   * @param order in what order it gets its deliveries; empty for what it is, as all that follows
   * @param retrySchedule when tries are made
   * @param finalStatuses answers after which no further try is made
   * @param maxInFlight requests under way at once
   * @param rate attempts a second
   * @param secret the newest Standard Webhooks secret
   * @param allowedNets private networks that it may be in
   */
  public record EndpointSettings(
      String name,
      String url,
      List<String> sources,
      List<String> types,
      Optional<Order> order,
      Optional<RetrySchedule> retrySchedule,
      Optional<List<StatusPattern>> finalStatuses,
      Optional<Integer> maxInFlight,
      Optional<Rate> rate,
      Optional<String> secret,
      Optional<List<Cidr>> allowedNets) {
    /** Checks name, URL, patterns and secret; keeps copies. */
    public EndpointSettings {
      checkName(name);
      if (TargetUrl.parse(url) instanceof InvalidTargetUrl invalid) {
        throw new IllegalArgumentException(invalid.message());
      }
      sources = List.copyOf(sources);
      types = List.copyOf(types);
      if (types.isEmpty()) {
        throw new IllegalArgumentException("there is no type pattern; '*' is for every type");
      }
      types.forEach(TypePattern::new);
      finalStatuses = finalStatuses.map(List::copyOf);
      allowedNets = allowedNets.map(List::copyOf);
      if (allowedNets.isPresent() && allowedNets.get().size() > Endpoint.MAX_NETS) {
        throw new IllegalArgumentException("allowed_nets has at most " + Endpoint.MAX_NETS);
      }
      secret.ifPresent(StandardWebhooks::checkSymmetricSecret);
    }

    /** One of which nothing more is said. */
    public EndpointSettings(String name, String url, List<String> sources, List<String> types) {
      this(
          name,
          url,
          sources,
          types,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    /** This policy, with what the file names of it. */
    public DeliveryPolicy applyTo(DeliveryPolicy before) {
      RetryPolicy retries = before.retries();
      return new DeliveryPolicy(
          order.orElse(before.order()),
          new RetryPolicy(
              retrySchedule.orElse(retries.schedule()),
              retries.jitter(),
              retries.maxAge(),
              retries.maxRetryAfter()),
          before.retriesByType(),
          finalStatuses.orElse(before.finalStatuses()),
          maxInFlight.orElse(before.maxInFlight()),
          rate.orElse(before.rate()),
          before.breaker(),
          before.disableAfter());
    }

    @Override
    public String toString() {
      return "EndpointSettings[" + name + ", " + url + "]";
    }
  }

  @Override
  public String toString() {
    return "Settings[data=" + data + ", public=" + publicAddress + ", admin=" + adminAddress + "]";
  }
}
