package dev.boathook.trigger;

import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.InvalidSettings;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.Verdict;
import dev.boathook.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Every provider, set up so that it verifies what it signs. Settings and secrets are those of the
 * vectors of the signatures' tests, or usual ones; where a provider signs with a private key, one
 * is made, if the provider takes its public half as a setting or as the secret.
 */
public final class TestingProviders {
  private static final Path VECTORS =
      Path.of("../signatures/src/test/resources/dev/boathook/signatures/vectors");
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final World WORLD = World.system();

  /** Secrets in the forms in which most are written, the laxest form last. */
  private static final List<List<String>> USUAL_SECRETS =
      List.of(
          List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
          List.of("bWFzdCBib29tIGhhbHlhcmQgYW5kIHNoZWV0IGhlcmU="),
          List.of("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
          List.of("harbour:s3cret"),
          List.of("s3cret-token"),
          List.of());

  private TestingProviders() {}

  /**
   * How one provider is set up.
   *
   * @param settings those that the provider has
   * @param signing what its signer takes
   * @param verifying what its verifier takes
   */
  public record Setup(
      Provider provider, Map<String, String> settings, String signing, List<String> verifying) {
    /** Settings may hold a key. */
    @Override
    public String toString() {
      return provider.name();
    }
  }

  /**
   * All of them, in their order.
   *
   * @throws AssertionError if there is one that cannot be set up or has no sample
   */
  public static List<Setup> all() {
    return Providers.all().stream().map(TestingProviders::named).toList();
  }

  /** One of them. */
  public static Setup named(String name) {
    Setup setup = setup(name).orElseThrow(() -> new AssertionError("no setup for " + name));
    if (setup.provider().samples().isEmpty()) {
      throw new AssertionError("no sample of " + name);
    }
    return setup;
  }

  /** The first way to set the provider up in which it verifies what it signs. */
  private static Optional<Setup> setup(String name) {
    Set<Map<String, String>> settings = new LinkedHashSet<>();
    Set<List<String>> secrets = new LinkedHashSet<>();
    for (JsonNode vector : vectors(name)) {
      settings.add(settings(vector));
      secrets.add(secrets(vector));
    }
    settings.add(Map.of());
    secrets.addAll(USUAL_SECRETS);
    return settings.stream()
        .flatMap(some -> setups(name, some, secrets))
        .filter(TestingProviders::works)
        .findFirst();
  }

  private static Stream<Setup> setups(
      String name, Map<String, String> settings, Set<List<String>> secrets) {
    List<Setup> setups = new ArrayList<>();
    provider(name, settings)
        .ifPresent(provider -> {
          secrets.forEach(some ->
              setups.add(
                  new Setup(provider, settings, some.isEmpty() ? "" : some.getFirst(), some)));
          for (KeyPair pair : Keys.PAIRS) {
            String privateKey = pem("PRIVATE KEY", pair.getPrivate().getEncoded());
            String publicKey = pem("PUBLIC KEY", pair.getPublic().getEncoded());
            setups.add(new Setup(provider, settings, privateKey, List.of(publicKey)));
            setups.add(new Setup(provider, settings, privateKey, List.of(base64(pair))));
            setups.add(new Setup(provider, settings, privateKey, List.of(bareHex(pair))));
            Map<String, String> more = new HashMap<>(settings);
            more.put("public_key", publicKey);
            provider(name, more)
                .ifPresent(keyed -> {
                  setups.add(new Setup(keyed, more, privateKey, List.of()));
                  secrets.forEach(some -> setups.add(new Setup(keyed, more, privateKey, some)));
                });
          }
        });
    return setups.stream();
  }

  private static Optional<Provider> provider(String name, Map<String, String> settings) {
    try {
      return Optional.of(Providers.named(name, settings));
    } catch (InvalidSettings _) {
      return Optional.empty();
    }
  }

  private static boolean works(Setup setup) {
    SigningContext context = new SigningContext("msg_1", WORLD.clock().instant());
    Provider provider = setup.provider();
    try {
      return provider.samples().stream()
          .map(sample -> provider.sample(sample, "https://hooks.example.com/in/a", context))
          .map(sample -> provider.signer(setup.signing()).sign(sample, context))
          .map(signed -> provider.verifier(setup.verifying()).verify(signed, context.timestamp()))
          .allMatch(TestingProviders::accepts);
    } catch (InvalidSecret _) {
      return false;
    }
  }

  private static boolean accepts(Verdict verdict) {
    return verdict instanceof Verdict.Verified || verdict instanceof Verdict.Unsigned;
  }

  /** The vectors of a provider: NAME.yaml, and NAME-what.yaml unless that is another's. */
  private static List<JsonNode> vectors(String name) {
    try (Stream<Path> files = Files.list(VECTORS)) {
      return files
          .filter(file -> name.equals(provider(file.getFileName().toString())))
          .sorted(Comparator.comparingInt(file -> file.getFileName().toString().length()))
          .map(file -> YAML.readTree(file.toFile()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String provider(String file) {
    String vector = file.replaceAll("\\.yaml$", "");
    return Providers.all().stream()
        .filter(name -> vector.equals(name) || vector.startsWith(name + "-"))
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  private static Map<String, String> settings(JsonNode vector) {
    Map<String, String> settings = new HashMap<>();
    vector
        .path("settings")
        .properties()
        .forEach(setting -> settings.put(setting.getKey(), setting.getValue().asString()));
    return settings;
  }

  private static List<String> secrets(JsonNode vector) {
    List<String> secrets = new ArrayList<>();
    vector.path("secrets").forEach(secret -> secrets.add(secret.asString()));
    String secret = vector.path("secret").asString("");
    if (!secret.isEmpty()) {
      secrets.add(secret);
    }
    return secrets;
  }

  private static String base64(KeyPair pair) {
    return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }

  /** The last 32 bytes of the encoded public key, which is all of an Ed25519 key. */
  private static String bareHex(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    return HexFormat.of().formatHex(encoded, encoded.length - 32, encoded.length);
  }

  private static String pem(String type, byte[] key) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----"
        .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key), type);
  }

  /** A key of each kind, made once. */
  private static final class Keys {
    static final List<KeyPair> PAIRS = Stream.of("RSA", "EC", "Ed25519").map(Keys::pair).toList();

    private static KeyPair pair(String algorithm) {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        switch (algorithm) {
          case "RSA" -> generator.initialize(2048);
          case "EC" -> generator.initialize(256);
          default -> {}
        }
        return generator.generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
