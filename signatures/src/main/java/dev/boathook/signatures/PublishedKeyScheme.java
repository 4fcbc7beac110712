package dev.boathook.signatures;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A signature in base64 by a key that the provider publishes and the request names. The secret of a
 * signer is the private key, as PKCS#8 in PEM.
 *
 * @param places where signatures may stand, each at most once; all that are there must be in good
 *     form, and one that matches is enough
 * @param text what is signed
 * @param time the rule for the time; null if none is signed
 */
record PublishedKeyScheme(
    List<KeyedSignature> places,
    PublicKeyAlgorithm algorithm,
    SignedText text,
    @Nullable TimeRule time,
    PublishedKeys published)
    implements Scheme {

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Candidate(String keyName, byte[] signature) {}

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    List<PublishedKeys.Lookup> lookups = published.lookups(secrets, keys);
    return (request, now) -> verify(request, now, lookups);
  }

  private Verdict verify(WebhookRequest request, Instant now, List<PublishedKeys.Lookup> lookups) {
    List<Candidate> candidates = new ArrayList<>(places.size());
    for (KeyedSignature place : places) {
      switch (place.read(request.headers())) {
        case KeyedSignature.Contents.Absent() -> {}
        case KeyedSignature.Contents.Unusable(Verdict.Rejected verdict) -> {
          return verdict;
        }
        case KeyedSignature.Contents.Entry(String keyName, String written) -> {
          byte[] signature = decoded(written);
          if (signature == null) {
            return malformed(place, written);
          }
          candidates.add(new Candidate(keyName, signature));
        }
      }
    }
    if (candidates.isEmpty()) {
      return new Verdict.Rejected(Reason.MISSING_HEADER, headers() + " is missing");
    }
    Verdict.Rejected problem = text.problem(request);
    if (problem != null) {
      return problem;
    }
    if (time == null) {
      return match(request, null, now, candidates, lookups);
    }
    return switch (time.check(request.headers(), null, now)) {
      case TimeRule.Outcome.Refused(Verdict.Rejected verdict) -> verdict;
      case TimeRule.Outcome.InTime(String timestamp) ->
          match(request, timestamp, now, candidates, lookups);
    };
  }

  private Verdict match(
      WebhookRequest request,
      @Nullable String timestamp,
      Instant now,
      List<Candidate> candidates,
      List<PublishedKeys.Lookup> lookups) {
    SignedText.Content content = text.of(request, timestamp);
    Verdict.Rejected refusal = null;
    Verdict.Undecided undecided = null;
    for (Candidate candidate : candidates) {
      for (int i = 0; i < lookups.size(); i++) {
        switch (lookups.get(i).find(candidate.keyName, now)) {
          case PublishedKeys.Trust.Keys(List<? extends Algorithm.Key> keys) -> {
            for (Algorithm.Key key : keys) {
              if (key.over(content).matches(candidate.signature)) {
                return new Verdict.Verified(i);
              }
            }
          }
          case PublishedKeys.Trust.Refused(Verdict.Rejected verdict) -> refusal = verdict;
          case PublishedKeys.Trust.Unavailable(String detail) ->
              undecided = new Verdict.Undecided(detail);
        }
      }
    }
    if (undecided != null) {
      return undecided;
    }
    return refusal != null
        ? refusal
        : new Verdict.Rejected(
            Reason.NO_MATCHING_SIGNATURE,
            "no signature in %s was made with the key it names over this request, whose body has"
                    .formatted(headers())
                + " %d bytes".formatted(request.body().length));
  }

  private byte @Nullable [] decoded(String written) {
    byte[] signature = Encoding.BASE64.decode(written);
    return signature == null
            || signature.length < algorithm.minSignatureBytes()
            || signature.length > algorithm.maxSignatureBytes()
        ? null
        : signature;
  }

  private Verdict.Rejected malformed(KeyedSignature place, String written) {
    return new Verdict.Rejected(
        Reason.MALFORMED_SIGNATURE,
        "the signature in %s has %d characters and is not %d to %d bytes in base64"
            .formatted(
                place.header(),
                written.length(),
                algorithm.minSignatureBytes(),
                algorithm.maxSignatureBytes()));
  }

  private String headers() {
    return places.stream().map(KeyedSignature::header).collect(Collectors.joining(" or "));
  }

  @Override
  public Signer.OfHeaders signer(List<String> secrets) {
    List<AsymmetricKey> keys = Secrets.each(secrets, algorithm::key);
    if (keys.size() != 1) {
      throw new InvalidSecret("there is more than one private key");
    }
    AsymmetricKey key = keys.getFirst();
    key.requireSigning();
    return (request, context) -> sign(request, context, key);
  }

  private Headers sign(WebhookRequest request, SigningContext context, AsymmetricKey key) {
    Headers added = Headers.of();
    String timestamp = null;
    if (text.idHeader() != null) {
      added = added.plus(Headers.of(text.idHeader(), context.id()));
    }
    if (time != null) {
      timestamp = time.unit().format(context.timestamp());
      if (time.header() != null) {
        added = added.plus(Headers.of(time.header(), timestamp));
      }
    }
    WebhookRequest signed = request.plus(added);
    Verdict.Rejected problem = text.problem(signed);
    if (problem != null) {
      throw new IllegalArgumentException("cannot sign: " + problem.detail());
    }
    String signature = Encoding.BASE64.encode(key.sign(text.of(signed, timestamp)));
    for (KeyedSignature place : places) {
      added = added.plus(place.write(signature));
    }
    return added;
  }

  @Override
  public boolean timestamped() {
    return time != null;
  }

  @Override
  public SignedText.Content signedText(WebhookRequest request) {
    return text.of(request, time == null ? null : time.text(request.headers(), null));
  }
}
