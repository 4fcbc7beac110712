package dev.boathook.signatures;

import java.security.MessageDigest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A signature over the URL and, if the body is a form, its fields. Any other body is covered by its
 * SHA-256, in hex, in a parameter of the URL; where that parameter is, the body must match it,
 * whatever the body is said to be, so that nobody can take a body away. The URL counts as it is
 * registered, without its port, and with the standard port that it leaves out: the sender may have
 * signed any of these.
 *
 * @param signature the signature over {@link SignedText#URL_AND_FIELDS}
 * @param hashParameter the parameter with the SHA-256
 */
record FormOrBodyHash(SignatureScheme signature, String hashParameter) implements Scheme {

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    Verifier signed = signature.verifier(secrets, keys);
    return (request, now) -> {
      Verdict.Rejected problem = problem(request);
      if (problem != null) {
        return problem;
      }
      Verdict asRegistered = signed.verify(request, now);
      String otherUrl = asRegistered instanceof Verdict.Rejected ? otherPort(request.url()) : null;
      return otherUrl != null
              && signed.verify(at(otherUrl, request), now) instanceof Verdict.Verified verified
          ? verified
          : asRegistered;
    };
  }

  private Verdict.@Nullable Rejected problem(WebhookRequest request) {
    if (isCoveredByFields(request) && !Query.holds(request.url(), hashParameter)) {
      return null;
    }
    String hash = Query.single(request.url(), hashParameter);
    if (hash == null) {
      return new Verdict.Rejected(
          Reason.NO_ACCEPTED_SIGNATURE,
          "the URL has no single " + hashParameter + ", which must cover the body");
    }
    return MessageDigest.isEqual(
            Utf8.bytes(hash.toLowerCase(Locale.ROOT)), Utf8.bytes(hashOf(request)))
        ? null
        : new Verdict.Rejected(
            Reason.NO_MATCHING_SIGNATURE,
            "the body of %d bytes is not the one whose SHA-256 is %s in the URL"
                .formatted(request.body().length, hashParameter));
  }

  private static boolean isCoveredByFields(WebhookRequest request) {
    return request.body().length == 0 || Facts.isForm(request);
  }

  private static String hashOf(WebhookRequest request) {
    return EnvelopeRule.hash(sink -> sink.update(request.body())).substring("sha256:".length());
  }

  /** The URL without its port, or with the standard port if it has none; null if it is no URL. */
  static @Nullable String otherPort(String url) {
    int from = url.indexOf("://") + "://".length();
    if (from < "://".length()) {
      return null;
    }
    int to = from;
    while (to < url.length() && "/?#".indexOf(url.charAt(to)) < 0) {
      to++;
    }
    String authority = url.substring(from, to);
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf('@') && colon > authority.lastIndexOf(']');
    String other;
    if (hasPort) {
      other = authority.substring(0, colon);
    } else {
      other = authority + (url.startsWith("https:") ? ":443" : ":80");
    }
    return url.substring(0, from) + other + url.substring(to);
  }

  private static WebhookRequest at(String url, WebhookRequest request) {
    return new WebhookRequest(request.method(), url, request.headers(), request.body());
  }

  @Override
  public Signer signer(List<String> secrets) {
    Signer signer = signature.signer(secrets);
    return (request, context) ->
        signer.sign(
            isCoveredByFields(request)
                ? request
                : at(Query.plus(request.url(), hashParameter, hashOf(request)), request),
            context);
  }

  @Override
  public boolean timestamped() {
    return signature.timestamped();
  }

  @Override
  public SignedText.Content signedText(WebhookRequest request) {
    return signature.signedText(request);
  }
}
