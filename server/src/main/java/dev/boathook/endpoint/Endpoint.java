package dev.boathook.endpoint;

import dev.boathook.address.Cidr;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.signatures.Signer;
import dev.boathook.signatures.StandardWebhooks;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where events go: a URL with a subscription and a policy.
 *
 * @param projectId the project
 * @param id the endpoint's id
 * @param name unique among its consumer's (or the project's own) endpoints; null when it has none
 * @param url where requests are sent
 * @param subscription which events it wants
 * @param secrets Standard Webhooks secrets, newest first; each signs every request
 * @param signer signs with all of them, and what the security adds
 * @param security how requests prove themselves beside that, and the endpoint to us
 * @param policy how it wants to be delivered to
 * @param timeout for one whole attempt
 * @param allowedNets private networks that this endpoint may be in
 * @param status whether deliveries are tried
 * @param statusReason why it is paused or disabled; null when active
 * @param resumeRate how fast what waited while it was paused or disabled is sent, until nothing of
 *     it is left; null for as fast as the policy lets
 * @param createdAt when it was made
 * @param updatedAt when it was last changed
 */
public record Endpoint(
    UUID projectId,
    UUID id,
    @Nullable String name,
    TargetUrl url,
    Subscription subscription,
    List<String> secrets,
    Signer.OfHeaders signer,
    Security security,
    DeliveryPolicy policy,
    Duration timeout,
    List<Cidr> allowedNets,
    Status status,
    @Nullable String statusReason,
    @Nullable Rate resumeRate,
    Instant createdAt,
    Instant updatedAt) {
  private static final int SECRET_BYTES = 32;

  /** The most secrets that sign at once. */
  public static final int MAX_SECRETS = 5;

  /** The most networks that are opened for one endpoint. */
  public static final int MAX_NETS = 16;

  /** The time-out when none is given. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

  /** The longest time-out. */
  public static final Duration MAX_TIMEOUT = Duration.ofSeconds(60);

  /** Checks the limits. */
  public Endpoint {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "a time-out is more than 0 and at most " + MAX_TIMEOUT.toSeconds() + " seconds");
    }
    secrets = List.copyOf(secrets);
    allowedNets = List.copyOf(allowedNets);
  }

  /** Whether deliveries are tried. */
  public enum Status {
    /** They are. */
    ACTIVE("active"),
    /** An operator holds them back; they wait. */
    PAUSED("paused"),
    /**
     * The receiver said that it is gone (410), or did nothing but fail for as long as its policy
     * lets; they wait until somebody resumes it.
     */
    DISABLED("disabled");

    private final String code;

    Status(String code) {
      this.code = code;
    }

    /** The word in the database and in the API. */
    public String code() {
      return code;
    }

    /** The status of a {@link #code}. */
    public static Status of(String code) {
      for (Status status : values()) {
        if (status.code.equals(code)) {
          return status;
        }
      }
      throw new IllegalArgumentException("no endpoint status: " + code);
    }
  }

  /** A new secret of an endpoint: 256 random bits in the form of Standard Webhooks. */
  public static String newSecret(SecureRandom random) {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return StandardWebhooks.newSecret(bytes);
  }

  /**
   * The same with this secret in front of its others, of which the oldest goes if need be, unless
   * it is the only one of its kind.
   */
  public Endpoint signingFirstWith(String secret) {
    List<String> newSecrets =
        new ArrayList<>(Stream.concat(Stream.of(secret), secrets.stream()).distinct().toList());
    for (int i = newSecrets.size() - 1; newSecrets.size() > MAX_SECRETS; i--) {
      if (!newestOfEachKind(newSecrets).contains(newSecrets.get(i))) {
        newSecrets.remove(i);
      }
    }
    return newSecrets.equals(secrets) ? this : with(newSecrets);
  }

  /** Its newest secret of each kind, in their order. */
  public List<String> newestSecrets() {
    return newestOfEachKind(secrets);
  }

  private static List<String> newestOfEachKind(List<String> secrets) {
    Set<SecretKind> kinds = EnumSet.noneOf(SecretKind.class);
    return secrets.stream().filter(secret -> kinds.add(SecretKind.of(secret))).toList();
  }

  /** The same with other secrets, the newest first. */
  public Endpoint with(List<String> newSecrets) {
    return new Endpoint(
        projectId,
        id,
        name,
        url,
        subscription,
        newSecrets,
        security.signer(newSecrets),
        security,
        policy,
        timeout,
        allowedNets,
        status,
        statusReason,
        resumeRate,
        createdAt,
        updatedAt);
  }

  /** The same, held back for a reason; one that is disabled is so already, for its own. */
  public Endpoint paused(String reason) {
    return status == Status.DISABLED ? this : with(Status.PAUSED, reason, null);
  }

  /**
   * The same, active.
   *
   * @param rate how fast what has waited is sent; null for as fast as the policy lets
   */
  public Endpoint resumed(@Nullable Rate rate) {
    return with(Status.ACTIVE, null, rate);
  }

  private Endpoint with(Status newStatus, @Nullable String reason, @Nullable Rate rate) {
    return new Endpoint(
        projectId,
        id,
        name,
        url,
        subscription,
        secrets,
        signer,
        security,
        policy,
        timeout,
        allowedNets,
        newStatus,
        reason,
        rate,
        createdAt,
        updatedAt);
  }

  /** Id and host: the rest of the URL may hold a secret. */
  @Override
  public String toString() {
    return "Endpoint[" + id + ", " + url.authority() + "]";
  }
}
