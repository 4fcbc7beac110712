package dev.boathook.bench;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.Verifier;
import dev.boathook.signatures.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The verification of a body of 1,024 bytes, beside the bare HMAC-SHA256 over the same bytes with a
 * {@link Mac} that is made once: what no verifier can do without.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class VerificationBenchmark {
  private static final int BODY_BYTES = 1024;
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  /** Whose scheme. */
  @Param({"stripe", "github", "shopify", "slack", "standard-webhooks"})
  public String provider = "";

  private final Mac mac;
  private final byte[] body;
  private Verifier verifier = (_, _) -> new Verdict.Undecided("not set up");
  private WebhookRequest request;

  /** Makes what does not depend on the provider. */
  public VerificationBenchmark() {
    body = ("{\"id\":\"" + "x".repeat(BODY_BYTES - 9) + "\"}").getBytes(StandardCharsets.UTF_8);
    request = new WebhookRequest("POST", "https://hooks.example.com/in/a", Headers.of(), body);
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no HmacSHA256", e);
    }
  }

  /** Signs the request as the provider would, among the headers that a request has. */
  @Setup
  public void sign() {
    Provider named = Providers.named(provider);
    Headers usual =
        Headers.of(
            "Host",
            "hooks.example.com",
            "User-Agent",
            "Sender/1.0 (+https://example.com)",
            "Accept",
            "*/*",
            "Content-Type",
            "application/json",
            "Content-Length",
            Integer.toString(BODY_BYTES));
    request =
        named
            .signer(SECRET)
            .sign(
                new WebhookRequest("POST", request.url(), usual, body),
                new SigningContext("msg_1", NOW));
    verifier = named.verifier(List.of(SECRET));
    if (!(verifier.verify(request, NOW) instanceof Verdict.Verified)) {
      throw new IllegalStateException(provider + " does not verify what it signs");
    }
  }

  /** The least: the HMAC alone. */
  @Benchmark
  public byte[] bareMac() {
    return mac.doFinal(body);
  }

  /** All of the verification. */
  @Benchmark
  public Verdict verify() {
    return verifier.verify(request, NOW);
  }

  /**
   * Runs it and prints each provider's ratio to the bare Mac of the same run.
   *
   * @throws RunnerException if a benchmark fails
   */
  public static void main(String[] arguments) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(VerificationBenchmark.class.getSimpleName())
                    .forks(2)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(1))
                    .build())
            .run();
    System.out.printf("%n%-20s %10s %10s %6s%n", "provider", "bare ns", "verify ns", "ratio");
    for (RunResult result : results) {
      if (result.getParams().getBenchmark().endsWith(".verify")) {
        String name = result.getParams().getParam("provider");
        double verify = result.getPrimaryResult().getScore();
        double bare =
            results.stream()
                .filter(other -> other.getParams().getBenchmark().endsWith(".bareMac"))
                .filter(other -> name.equals(other.getParams().getParam("provider")))
                .mapToDouble(other -> other.getPrimaryResult().getScore())
                .findFirst()
                .orElseThrow();
        System.out.printf("%-20s %10.0f %10.0f %6.2f%n", name, bare, verify, verify / bare);
      }
    }
  }
}
