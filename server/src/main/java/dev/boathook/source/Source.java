package dev.boathook.source;

import dev.boathook.address.Cidr;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Place;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Verifier;
import dev.boathook.tls.ClientCertificates;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where inbound webhooks come from: one provider account with its URL and secrets.
 *
 * @param projectId the project
 * @param id the source's id
 * @param name unique among the project's sources
 * @param settings the provider's settings, for configurable providers
 * @param token the unguessable last part of its URL
 * @param provider how the platform signs and identifies
 * @param secrets what the signature may be made with
 * @param publicUrl the URL as it is registered at the provider, for schemes that sign it; null for
 *     the server's public URL and the path
 * @param allowedNets where callers may be; empty for anywhere
 * @param clientCertificates what client certificate a caller must have; null for none
 * @param replyEndpointId the endpoint of the project that is asked for the answer to a provider
 *     which waits for one; null for none
 * @param replyFallback the answer when that endpoint gives none; null for the provider's usual one
 * @param orderingKey where an event's ordering key stands; null for where the provider has it
 * @param sequence how its events are numbered; null if that is not known
 * @param dedupeWindow how long a repeated key is taken for a duplicate
 * @param maxBodyBytes the largest body
 * @param enabled whether requests are accepted; a disabled source answers as an unknown one
 * @param createdAt when it was made
 * @param updatedAt when it was last changed
 */
public record Source(
    UUID projectId,
    UUID id,
    String name,
    Map<String, String> settings,
    String token,
    Provider provider,
    SourceSecrets secrets,
    @Nullable String publicUrl,
    List<Cidr> allowedNets,
    @Nullable ClientCertificates clientCertificates,
    @Nullable UUID replyEndpointId,
    @Nullable ReplyFallback replyFallback,
    @Nullable Place orderingKey,
    @Nullable SequenceRule sequence,
    Duration dedupeWindow,
    int maxBodyBytes,
    boolean enabled,
    Instant createdAt,
    Instant updatedAt) {
  /** The largest body that can be asked for: 26 MiB, as GitHub sends up to 25 MB. */
  public static final int MAX_MAX_BODY_BYTES = 26 << 20;

  /** The longest dedupe window. */
  public static final Duration MAX_DEDUPE_WINDOW = Duration.ofDays(60);

  /** The longest public URL, in characters. */
  public static final int MAX_PUBLIC_URL_CHARACTERS = 2_048;

  /** The most networks that callers may be in. */
  public static final int MAX_ALLOWED_NETS = 256;

  /** Checks the limits and keeps copies. */
  public Source {
    if (maxBodyBytes < 1 || maxBodyBytes > MAX_MAX_BODY_BYTES) {
      throw new IllegalArgumentException("max_body_bytes is 1 to " + MAX_MAX_BODY_BYTES);
    }
    if (dedupeWindow.isNegative()
        || dedupeWindow.isZero()
        || dedupeWindow.compareTo(MAX_DEDUPE_WINDOW) > 0) {
      throw new IllegalArgumentException(
          "dedupe_window_seconds is 1 to " + MAX_DEDUPE_WINDOW.toSeconds());
    }
    if (publicUrl != null) {
      checkPublicUrl(publicUrl);
    }
    if (allowedNets.size() > MAX_ALLOWED_NETS) {
      throw new IllegalArgumentException("allowed_nets has at most " + MAX_ALLOWED_NETS);
    }
    settings = Map.copyOf(settings);
    allowedNets = List.copyOf(allowedNets);
  }

  /**
   * Checks the form of a public URL. It may have a query, but no fragment, which no request
   * carries, and no user, whose password everyone would see who may look at the source.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static void checkPublicUrl(String url) {
    try {
      URI uri = new URI(url);
      if (url.length() <= MAX_PUBLIC_URL_CHARACTERS
          && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawFragment() == null
          && url.chars().allMatch(c -> c < 0x7f)) {
        return;
      }
    } catch (URISyntaxException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "is an http or https URL as it is registered at the provider, without user and fragment,"
            + " of at most "
            + MAX_PUBLIC_URL_CHARACTERS
            + " characters");
  }

  /** Verifies with the secrets that count at this moment; empty when all have retired. */
  public Optional<Verifier> verifier(Instant now) {
    return secrets.verifier(now);
  }

  /** The secrets that count at this moment, in the order of {@link #verifier}. */
  public List<String> activeSecrets(Instant now) {
    return secrets.active(now);
  }

  /** A new source: enabled, open to callers from anywhere, with the provider's usual limits. */
  public static Builder builder(
      UUID projectId, UUID id, String name, String token, SourceSecrets secrets, Instant now) {
    return new Builder(projectId, id, name, token, secrets, now);
  }

  /** A builder of the same source with something changed. */
  public Builder with() {
    return new Builder(this);
  }

  @Override
  public String toString() {
    return "Source[" + name + ", " + provider.name() + "]";
  }

  /** Puts a source together, or changes what is named of one. */
  public static final class Builder {
    private final UUID projectId;
    private final UUID id;
    private String name;
    private Map<String, String> settings = Map.of();
    private String token;
    private Provider provider;
    private SourceSecrets secrets;
    private @Nullable String publicUrl;
    private List<Cidr> allowedNets = List.of();
    private @Nullable ClientCertificates clientCertificates;
    private @Nullable UUID replyEndpointId;
    private @Nullable ReplyFallback replyFallback;
    private @Nullable Place orderingKey;
    private @Nullable SequenceRule sequence;
    private Duration dedupeWindow;
    private int maxBodyBytes;
    private boolean enabled = true;
    private Instant createdAt;
    private Instant updatedAt;

    private Builder(
        UUID projectId, UUID id, String name, String token, SourceSecrets secrets, Instant now) {
      this.projectId = projectId;
      this.id = id;
      this.name = name;
      this.token = token;
      this.provider = secrets.provider();
      this.secrets = secrets;
      this.dedupeWindow = provider.dedupeWindow();
      this.maxBodyBytes = provider.maxBodyBytes();
      this.createdAt = now;
      this.updatedAt = now;
    }

    private Builder(Source source) {
      this.projectId = source.projectId;
      this.id = source.id;
      this.name = source.name;
      this.settings = source.settings;
      this.token = source.token;
      this.provider = source.provider;
      this.secrets = source.secrets;
      this.publicUrl = source.publicUrl;
      this.allowedNets = source.allowedNets;
      this.clientCertificates = source.clientCertificates;
      this.replyEndpointId = source.replyEndpointId;
      this.replyFallback = source.replyFallback;
      this.orderingKey = source.orderingKey;
      this.sequence = source.sequence;
      this.dedupeWindow = source.dedupeWindow;
      this.maxBodyBytes = source.maxBodyBytes;
      this.enabled = source.enabled;
      this.createdAt = source.createdAt;
      this.updatedAt = source.updatedAt;
    }

    /** Its name. */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * The provider with these settings, for the secrets that are there.
     *
     * @throws InvalidSecret if it cannot use them
     */
    public Builder provider(Provider provider, Map<String, String> settings) {
      this.provider = provider;
      this.settings = settings;
      this.secrets = secrets.of(provider);
      return this;
    }

    /** The last part of its URL. */
    public Builder token(String token) {
      this.token = token;
      return this;
    }

    /** Its secrets, which must be for its provider. */
    public Builder secrets(SourceSecrets secrets) {
      this.secrets = secrets;
      return this;
    }

    /** The URL as it is registered at the provider; null for the usual one. */
    public Builder publicUrl(@Nullable String publicUrl) {
      this.publicUrl = publicUrl;
      return this;
    }

    /** Where callers may be; empty for anywhere. */
    public Builder allowedNets(List<Cidr> allowedNets) {
      this.allowedNets = allowedNets;
      return this;
    }

    /** What client certificate a caller must have; null for none. */
    public Builder clientCertificates(@Nullable ClientCertificates clientCertificates) {
      this.clientCertificates = clientCertificates;
      return this;
    }

    /** The endpoint that is asked for answers; null for none. */
    public Builder replyEndpointId(@Nullable UUID replyEndpointId) {
      this.replyEndpointId = replyEndpointId;
      return this;
    }

    /** The answer when that endpoint gives none; null for the usual one. */
    public Builder replyFallback(@Nullable ReplyFallback replyFallback) {
      this.replyFallback = replyFallback;
      return this;
    }

    /** Where an event's ordering key stands; null for where the provider has it. */
    public Builder orderingKey(@Nullable Place orderingKey) {
      this.orderingKey = orderingKey;
      return this;
    }

    /** How its events are numbered; null if that is not known. */
    public Builder sequence(@Nullable SequenceRule sequence) {
      this.sequence = sequence;
      return this;
    }

    /** How long a repeated key is taken for a duplicate. */
    public Builder dedupeWindow(Duration dedupeWindow) {
      this.dedupeWindow = dedupeWindow;
      return this;
    }

    /** The largest body. */
    public Builder maxBodyBytes(int maxBodyBytes) {
      this.maxBodyBytes = maxBodyBytes;
      return this;
    }

    /** Whether requests are accepted. */
    public Builder enabled(boolean enabled) {
      this.enabled = enabled;
      return this;
    }

    /** When it was made. */
    public Builder createdAt(Instant createdAt) {
      this.createdAt = createdAt;
      return this;
    }

    /** When it was last changed. */
    public Builder updatedAt(Instant updatedAt) {
      this.updatedAt = updatedAt;
      return this;
    }

    /**
     * The source.
     *
     * @throws IllegalArgumentException if a limit is not kept
     */
    public Source build() {
      return new Source(
          projectId,
          id,
          name,
          settings,
          token,
          provider,
          secrets,
          publicUrl,
          allowedNets,
          clientCertificates,
          replyEndpointId,
          replyFallback,
          orderingKey,
          sequence,
          dedupeWindow,
          maxBodyBytes,
          enabled,
          createdAt,
          updatedAt);
    }
  }
}
