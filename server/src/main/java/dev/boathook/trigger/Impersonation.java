package dev.boathook.trigger;

import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Signer;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A provider as we play it: makes the requests that it would send with one secret to one address.
 * Immutable; the same context gives the same request, unless the provider's signatures hold chance.
 */
public final class Impersonation {
  /** The age of a stale request: more than any provider tolerates, or can be set to. */
  public static final Duration STALE_AGE = Duration.ofDays(30);

  private final Provider provider;
  private final String sample;
  private final Target target;
  private final Manner manner;
  private final Signer signer;
  private final @Nullable Signer falseSigner;

  /**
   * Where the requests go.
   *
   * @param url what is called, http or https
   * @param publicUrl what the receiver is registered as at the provider, which some sign
   */
  public record Target(String url, String publicUrl) {
    public Target {
      check(url);
      check(publicUrl);
    }

    private static void check(String url) {
      URI uri;
      try {
        uri = new URI(url);
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException("not a URL: " + url, e);
      }
      boolean http = "http".equalsIgnoreCase(uri.getScheme());
      if ((!http && !"https".equalsIgnoreCase(uri.getScheme()))
          || uri.getHost() == null
          || uri.getRawUserInfo() != null
          || uri.getRawFragment() != null) {
        throw new IllegalArgumentException(
            "not a URL of the form http(s)://host/path, without user and fragment: " + url);
      }
    }

    /** What to call for a request that was made for the public URL: a query may be at its end. */
    private String called(String signedUrl) {
      if (!signedUrl.startsWith(publicUrl)) {
        throw new IllegalStateException("a signer changed more of the URL than its end");
      }
      String more = signedUrl.substring(publicUrl.length());
      return more.isEmpty() ? url : url + (url.indexOf('?') < 0 ? "?" : "&") + more.substring(1);
    }
  }

  /**
   * Plays a provider.
   *
   * @param sample one of {@link Provider#samples()}
   * @param secret in the form in which the provider's signer takes it; empty where there is none
   * @throws InvalidSecret if the secret is not in the provider's form or cannot sign
   * @throws IllegalArgumentException if there is no such sample, or the provider's requests cannot
   *     be forged or stale; the message is for whoever asked
   */
  public Impersonation(
      Provider provider, String sample, String secret, Target target, Manner manner) {
    this.provider = provider;
    this.sample = sample;
    this.target = target;
    this.manner = manner;
    if (!provider.samples().contains(sample)) {
      throw new IllegalArgumentException(
          "%s has no sample '%s'; there are %s"
              .formatted(provider.name(), sample, String.join(", ", provider.samples())));
    }
    this.signer = provider.signer(secret);
    this.falseSigner = manner == Manner.FORGED ? Forgery.signer(provider, secret) : null;
    if (manner == Manner.STALE && !provider.timestamped()) {
      throw new IllegalArgumentException(
          provider.name() + " signs no time, so that no request of it is ever too old");
    }
  }

  /** In what way requests are made. */
  public Manner manner() {
    return manner;
  }

  /**
   * An event: the request without its signature. Sign it once for every time that it is sent, so
   * that a retry says the same.
   */
  public WebhookRequest event(SigningContext context) {
    return provider.sample(sample, target.publicUrl, moved(context));
  }

  /**
   * The request as it is to be sent, with the URL that is to be called.
   *
   * @param event what {@link #event} gave
   * @param context of the event's id, and the time of sending
   * @throws IllegalArgumentException if nothing in the provider's requests can be forged, or if the
   *     provider signs what the sample lacks
   */
  public WebhookRequest signed(WebhookRequest event, SigningContext context) {
    WebhookRequest signed = signer.sign(event, moved(context));
    if (manner == Manner.FORGED) {
      signed = forged(event, signed, moved(context));
    }
    return new WebhookRequest(
        signed.method(), target.called(signed.url()), signed.headers(), signed.body());
  }

  private WebhookRequest forged(
      WebhookRequest event, WebhookRequest genuine, SigningContext context) {
    if (same(event, genuine)) {
      throw new IllegalArgumentException(
          "nothing in this request of " + provider.name() + " proves its sender: nothing to forge");
    }
    if (falseSigner != null) {
      WebhookRequest forged = falseSigner.sign(event, context);
      if (!same(forged, genuine)) {
        return forged;
      }
    }
    return Forgery.damaged(event, genuine);
  }

  private SigningContext moved(SigningContext context) {
    return manner == Manner.STALE
        ? new SigningContext(context.id(), context.timestamp().minus(STALE_AGE))
        : context;
  }

  private static boolean same(WebhookRequest one, WebhookRequest other) {
    return one.method().equals(other.method())
        && one.url().equals(other.url())
        && one.headers().equals(other.headers())
        && Arrays.equals(one.body(), other.body());
  }
}
