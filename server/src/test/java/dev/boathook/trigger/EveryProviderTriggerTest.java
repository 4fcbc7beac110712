package dev.boathook.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.InvalidSettings;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Every sample of every provider goes to a receiver that verifies with the same provider. Settings
 * and secrets are those of the vectors of the signatures' tests, or usual ones; where a provider
 * signs with a private key, one is made, if the provider takes its public half as a setting or as
 * the secret.
 */
class EveryProviderTriggerTest {
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

  /** Who signs with a private key whose public half can only be fetched. */
  private static final Set<String> FETCHED_KEYS = Set.of();

  /** How one provider is set up: what its signer takes and what its verifier takes. */
  record Setup(Provider provider, String signing, List<String> verifying) {
    @Override
    public String toString() {
      return provider.name();
    }
  }

  static List<Arguments> samples() throws IOException {
    List<Arguments> samples = new ArrayList<>();
    for (String name : Providers.all()) {
      Optional<Setup> setup = setup(name);
      if (setup.isPresent()) {
        setup
            .get()
            .provider()
            .samples()
            .forEach(sample -> samples.add(Arguments.of(setup.get(), sample)));
      }
    }
    return samples;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("samples")
  void a_sample_is_taken_and_a_forged_or_stale_one_is_not(Setup setup, String sample)
      throws Exception {
    Provider provider = setup.provider();
    try (VerifyingReceiver receiver =
            new VerifyingReceiver(provider, setup.verifying(), "", WORLD.clock());
        Trigger trigger = new Trigger(Duration.ofSeconds(10), WORLD)) {
      String url = receiver.url("/in/a");
      Impersonation genuine = impersonation(setup, sample, url, Manner.GENUINE);
      Plan once = new Plan(1, 0, false);

      assertThat(trigger.run(genuine, once, _ -> {}).isAsExpected())
          .as("taken; refused: %s", receiver.refused())
          .isTrue();
      SigningContext context = new SigningContext("msg_1", WORLD.clock().instant());
      WebhookRequest event = genuine.event(context);
      assertThat(provider.methods()).contains(event.method());
      if (provider.greeting(event).isPresent()) {
        return; // Such a test of the address proves nothing.
      }
      if (provider.signs() || !setup.signing().isEmpty()) {
        Impersonation forged = impersonation(setup, sample, url, Manner.FORGED);
        assertThat(trigger.run(forged, once, _ -> {}).isAsExpected()).as("forged").isTrue();
      }
      if (provider.timestamped()) {
        Impersonation stale = impersonation(setup, sample, url, Manner.STALE);
        assertThat(trigger.run(stale, once, _ -> {}).isAsExpected()).as("stale").isTrue();
      }
    }
  }

  static List<String> providers() {
    return Providers.all();
  }

  @ParameterizedTest
  @MethodSource("providers")
  void no_provider_is_forgotten(String name) throws IOException {
    Optional<Setup> setup = setup(name);

    assertThat(setup.isPresent() || FETCHED_KEYS.contains(name)).isTrue();
    setup.ifPresent(found -> assertThat(found.provider().samples()).isNotEmpty());
  }

  private static Impersonation impersonation(
      Setup setup, String sample, String url, Manner manner) {
    return new Impersonation(
        setup.provider(), sample, setup.signing(), new Impersonation.Target(url, url), manner);
  }

  /** The first way to set the provider up in which it verifies what it signs. */
  private static Optional<Setup> setup(String name) throws IOException {
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
        .filter(EveryProviderTriggerTest::works)
        .findFirst();
  }

  private static Stream<Setup> setups(
      String name, Map<String, String> settings, Set<List<String>> secrets) {
    List<Setup> setups = new ArrayList<>();
    provider(name, settings)
        .ifPresent(provider -> {
          secrets.forEach(
              some -> setups.add(new Setup(provider, some.isEmpty() ? "" : some.getFirst(), some)));
          for (KeyPair pair : Keys.PAIRS) {
            String privateKey = pem("PRIVATE KEY", pair.getPrivate().getEncoded());
            String publicKey = pem("PUBLIC KEY", pair.getPublic().getEncoded());
            setups.add(new Setup(provider, privateKey, List.of(publicKey)));
            setups.add(new Setup(provider, privateKey, List.of(base64(pair))));
            setups.add(new Setup(provider, privateKey, List.of(bareHex(pair))));
            Map<String, String> more = new HashMap<>(settings);
            more.put("public_key", publicKey);
            provider(name, more)
                .ifPresent(keyed -> {
                  setups.add(new Setup(keyed, privateKey, List.of()));
                  secrets.forEach(some -> setups.add(new Setup(keyed, privateKey, some)));
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
          .allMatch(EveryProviderTriggerTest::accepts);
    } catch (InvalidSecret _) {
      return false;
    }
  }

  private static boolean accepts(Verdict verdict) {
    return verdict instanceof Verdict.Verified || verdict instanceof Verdict.Unsigned;
  }

  /** The vectors of a provider: NAME.yaml, and NAME-what.yaml unless that is another's. */
  private static List<JsonNode> vectors(String name) throws IOException {
    try (Stream<Path> files = Files.list(VECTORS)) {
      return files
          .filter(file -> name.equals(provider(file.getFileName().toString())))
          .sorted(Comparator.comparingInt(file -> file.getFileName().toString().length()))
          .map(file -> YAML.readTree(file.toFile()))
          .toList();
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
