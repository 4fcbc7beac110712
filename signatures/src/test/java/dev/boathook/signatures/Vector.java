package dev.boathook.signatures;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A request as a provider would send it, and what must come of it and of variants of it: one file
 * {@code vectors/NAME.yaml} or {@code vectors/NAME-what.yaml}.
 *
 * @param file the name of the file without its ending
 * @param origin {@code official}: the request is in the provider's documentation or its own tests;
 *     {@code derived}: it was computed by other means than this library
 * @param note where it is from
 * @param settings the settings of the source
 * @param secrets what the verifier gets; none if the provider has none
 * @param otherSecret a secret of the same form that must not verify; null if there is none
 * @param privateKey what the signer gets, where that is not the first secret: the private key as
 *     PKCS#8 PEM that belongs to the public key among the secrets, the settings or the published
 *     keys
 * @param signs false if nobody but the provider can sign for these secrets; then the vector stands
 *     for itself alone, and another vector must be one that samples can be signed with
 * @param now when the request came in
 * @param tolerance how far the signed time may be off, where {@code now} is that time to the
 *     second; null if the bounds are not to be tried
 * @param request the request
 * @param keys what hosts of the provider answer, by URL
 * @param signature where the signature or token stands: {@code header:NAME}, {@code json:/pointer},
 *     {@code query:NAME}; or that there is none
 * @param coversBody whether every change of a byte of the body must be noticed
 * @param verdict {@code verified} or {@code unsigned}
 * @param expect what is read from it: {@code id}, {@code type}, {@code key}, {@code time}, {@code
 *     dedupe} (null: there must be none) and {@code items}, the number of events
 * @param refused variants that must be rejected
 * @param accepted variants that must have the same verdict
 */
record Vector(
    String file,
    String origin,
    String note,
    Map<String, String> settings,
    List<String> secrets,
    @Nullable String otherSecret,
    @Nullable String privateKey,
    boolean signs,
    Instant now,
    @Nullable Duration tolerance,
    WebhookRequest request,
    Map<String, String> keys,
    String signature,
    boolean coversBody,
    String verdict,
    Map<String, @Nullable String> expect,
    List<Variant> refused,
    List<Variant> accepted) {

  /** Where providers are told to call if a vector does not say it. */
  static final String USUAL_URL = "https://hooks.example.com/in/abc";

  private static final int SHORT = 8;

  private static final ObjectReader READER =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build()
          .readerFor(Yaml.class);

  /**
   * A change of a vector.
   *
   * @param set header lines that take the place of those of the same name
   * @param remove names of headers
   * @param secrets other secrets for the verifier; null for the same ones
   * @param reason the code of the {@link Reason}; null if any will do, or for accepted variants
   */
  record Variant(
      String what,
      List<String> set,
      List<String> remove,
      @Nullable String body,
      @Nullable String bodyBase64,
      @Nullable String now,
      @Nullable String url,
      @Nullable String method,
      @Nullable List<String> secrets,
      @Nullable String reason) {
    Variant {
      Objects.requireNonNull(what, "a variant says what it is");
      set = set == null ? List.of() : set;
      remove = remove == null ? List.of() : remove;
    }

    WebhookRequest of(WebhookRequest request) {
      List<String> gone = new ArrayList<>(remove);
      List<Headers.Line> lines = new ArrayList<>();
      for (String line : set) {
        lines.add(line(line));
        gone.add(lines.getLast().name());
      }
      List<Headers.Line> kept = new ArrayList<>();
      for (Headers.Line line : request.headers()) {
        if (gone.stream().noneMatch(line.name()::equalsIgnoreCase)) {
          kept.add(line);
        }
      }
      kept.addAll(lines);
      return new WebhookRequest(
          method == null ? request.method() : method,
          url == null ? request.url() : url,
          Headers.of(kept),
          body == null && bodyBase64 == null ? request.body() : bytes(body, bodyBase64));
    }
  }

  /** A file as it is written. */
  private record Yaml(
      String origin,
      String note,
      @Nullable Map<String, String> settings,
      @Nullable String secret,
      @Nullable List<String> secrets,
      @Nullable String otherSecret,
      @Nullable String privateKey,
      @Nullable Boolean signs,
      String now,
      @Nullable Long toleranceSeconds,
      @Nullable String method,
      @Nullable String url,
      @Nullable List<String> headers,
      @Nullable String body,
      @Nullable String bodyBase64,
      @Nullable Map<String, String> keys,
      String signature,
      @Nullable Boolean coversBody,
      String verdict,
      @Nullable Map<String, @Nullable String> expect,
      @Nullable List<Variant> refused,
      @Nullable List<Variant> accepted) {

    Vector vector(String file) {
      List<String> single = secret == null ? List.of() : List.of(secret);
      return new Vector(
          file,
          Objects.requireNonNull(origin, "origin"),
          Objects.requireNonNull(note, "note"),
          settings == null ? Map.of() : settings,
          secrets == null ? single : secrets,
          otherSecret,
          privateKey,
          signs == null || signs,
          time(Objects.requireNonNull(now, "now")),
          toleranceSeconds == null ? null : Duration.ofSeconds(toleranceSeconds),
          new WebhookRequest(
              method == null ? "POST" : method,
              url == null ? USUAL_URL : url,
              Headers.of(
                  (headers == null ? List.<String>of() : headers)
                      .stream().map(Vector::line).toList()),
              bytes(body, bodyBase64)),
          keys == null ? Map.of() : keys,
          Objects.requireNonNull(signature, "signature"),
          coversBody == null || coversBody,
          Objects.requireNonNull(verdict, "verdict"),
          expect == null ? Map.of() : expect,
          refused == null ? List.of() : refused,
          accepted == null ? List.of() : accepted);
    }
  }

  Vector {
    if (!List.of("official", "derived").contains(origin)
        || !List.of("verified", "unsigned").contains(verdict)) {
      throw new IllegalArgumentException(file + ": wrong origin or verdict");
    }
    if (!List.of("id", "type", "key", "time", "dedupe", "items").containsAll(expect.keySet())) {
      throw new IllegalArgumentException(file + ": 'expect' holds an unknown name");
    }
  }

  /** All vectors, in the order of their files. */
  static List<Vector> all() {
    return Read.ALL;
  }

  private static List<Vector> readAll() {
    URL folder = Objects.requireNonNull(Vector.class.getResource("vectors"), "no vectors");
    try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted(Comparator.comparing(Path::toString))
          .map(Vector::read)
          .toList();
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError("cannot list the vectors", e);
    }
  }

  /** Read once, as every test asks for them. */
  private static final class Read {
    private static final List<Vector> ALL = readAll();
  }

  private static Vector read(Path path) {
    String name = path.getFileName().toString();
    String file = name.substring(0, name.length() - ".yaml".length());
    try {
      return READER.<Yaml>readValue(Files.readString(path)).vector(file);
    } catch (IOException | RuntimeException e) {
      throw new AssertionError("cannot read " + name + ": " + e.getMessage(), e);
    }
  }

  /** The name of the provider: the longest that the file begins with. */
  String providerName() {
    return Providers.all().stream()
        .filter(name -> file.equals(name) || file.startsWith(name + "-"))
        .max(Comparator.comparingInt(String::length))
        .orElseThrow(() -> new AssertionError("no provider is named as " + file + ".yaml begins"));
  }

  Provider provider() {
    return Providers.named(providerName(), settings);
  }

  /** What the provider's hosts answer, fetched anew by every verifier. */
  RemoteKeys remoteKeys() {
    return new RemoteKeys(call -> {
      String answer = keys.get(call.uri().toString());
      if (answer == null) {
        throw new IOException("the vector has no answer for " + call);
      }
      return answer.getBytes(UTF_8);
    });
  }

  Verifier verifier(List<String> secrets) {
    return provider().fetching(remoteKeys()).verifier(secrets);
  }

  Verifier verifier() {
    return verifier(secrets);
  }

  Signer signer() {
    String first = secrets.isEmpty() ? "" : secrets.getFirst();
    return provider().signer(privateKey == null ? first : privateKey.strip());
  }

  /** Where the signature or token stands; null if nowhere. */
  @Nullable SignaturePlace place() {
    return SignaturePlace.parse(signature);
  }

  /** Whether the verdict is the one that a genuine request must have. */
  boolean isGenuine(Verdict given) {
    return switch (given) {
      case Verdict.Verified _ -> verdict.equals("verified");
      case Verdict.Unsigned _ -> verdict.equals("unsigned");
      case Verdict.Rejected _, Verdict.Undecided _ -> false;
    };
  }

  /** The secret that a verdict names; empty if it names none. */
  static String secretOf(Verdict verdict, List<String> secrets) {
    return switch (verdict) {
      case Verdict.Verified(int index) -> index < secrets.size() ? secrets.get(index) : "";
      case Verdict.Unsigned(var index) -> index.isPresent() ? secrets.get(index.getAsInt()) : "";
      case Verdict.Rejected _, Verdict.Undecided _ -> "";
    };
  }

  /** Whether a text tells a secret of this vector. Short ones are words that stand anywhere. */
  boolean isToldBy(String text) {
    return Stream.concat(secrets.stream(), Stream.ofNullable(otherSecret))
        .anyMatch(secret -> secret.length() > SHORT && text.contains(secret));
  }

  static Instant time(String text) {
    return text.matches("-?[0-9]+")
        ? Instant.ofEpochSecond(Long.parseLong(text))
        : Instant.parse(text);
  }

  private static Headers.Line line(String line) {
    int colon = line.indexOf(':');
    return new Headers.Line(line.substring(0, colon), line.substring(colon + 1).strip());
  }

  private static byte[] bytes(@Nullable String body, @Nullable String base64) {
    return base64 == null
        ? (body == null ? "" : body).getBytes(UTF_8)
        : Base64.getMimeDecoder().decode(base64);
  }

  @Override
  public String toString() {
    return file;
  }
}
