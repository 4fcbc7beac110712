package dev.boathook.signatures;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A signature in a header over a text made from the request: what nearly all providers do.
 *
 * @param header where the signatures are
 * @param kinds the signatures that count; a secret belongs to the first kind that takes it
 * @param text what is signed
 * @param time the rule for the time; null if none is signed
 */
record SignatureScheme(
    SignatureHeader header, List<Kind> kinds, SignedText text, @Nullable TimeRule time)
    implements Scheme {

  /** The tolerance of nearly all who sign a time. */
  static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  /**
   * One kind of signature.
   *
   * @param label its label in the header; empty if it has none
   */
  record Kind(String label, Algorithm algorithm, Encoding encoding) {}

  private record Secret(Kind kind, Algorithm.Key key) {}

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Candidate(String label, byte[] signature) {}

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    List<Secret> ours =
        Secrets.each(
            secrets,
            text -> {
              Secret secret = secret(text);
              secret.key.requireVerifying();
              return secret;
            });
    List<String> labels = labels(ours);
    return (request, now) -> verify(request, now, ours, labels);
  }

  @Override
  public Signer.OfHeaders signer(List<String> secrets) {
    List<Secret> ours =
        Secrets.each(
            secrets,
            text -> {
              Secret secret = secret(text);
              secret.key.requireSigning();
              return secret;
            });
    return (request, context) -> sign(request, context, ours);
  }

  @Override
  public boolean timestamped() {
    return time != null;
  }

  @Override
  public SignedText.Content signedText(WebhookRequest request) {
    if (time == null) {
      return text.of(request, null);
    }
    String among =
        header.read(request.headers(), everyLabel())
                instanceof SignatureHeader.Contents.Signatures found
            ? found.timestamp()
            : null;
    return text.of(request, time.text(request.headers(), among));
  }

  private Verdict verify(
      WebhookRequest request, Instant now, List<Secret> secrets, List<String> labels) {
    return switch (header.read(request.headers(), labels)) {
      case SignatureHeader.Contents.Unusable(Verdict.Rejected verdict) -> verdict;
      case SignatureHeader.Contents.Signatures found -> {
        if (time == null) {
          yield match(request, found.entries(), null, secrets);
        }
        yield switch (time.check(request.headers(), found.timestamp(), now)) {
          case TimeRule.Outcome.Refused(Verdict.Rejected verdict) -> verdict;
          case TimeRule.Outcome.InTime(String timestamp) ->
              match(request, found.entries(), timestamp, secrets);
        };
      }
    };
  }

  private Verdict match(
      WebhookRequest request,
      List<SignatureHeader.Entry> entries,
      @Nullable String timestamp,
      List<Secret> secrets) {
    Verdict.Rejected problem = text.problem(request);
    if (problem != null) {
      return problem;
    }
    List<Candidate> candidates = new ArrayList<>(entries.size());
    for (SignatureHeader.Entry entry : entries) {
      Candidate candidate = candidate(entry);
      if (candidate != null) {
        candidates.add(candidate);
      }
    }
    if (candidates.isEmpty()) {
      return malformed(entries.getFirst());
    }
    for (Kind kind : kinds) {
      int max = kind.algorithm.maxSignatures();
      if (candidates.stream().filter(found -> found.label.equals(kind.label)).count() > max) {
        return new Verdict.Rejected(
            Reason.TOO_MANY_SIGNATURES,
            header.name() + " holds more than " + max + " signatures of one kind");
      }
    }
    SignedText.Content content = text.of(request, timestamp);
    for (int i = 0; i < secrets.size(); i++) {
      Secret secret = secrets.get(i);
      Algorithm.Check check = null;
      for (Candidate candidate : candidates) {
        if (candidate.label.equals(secret.kind.label)) {
          check = check == null ? secret.key.over(content) : check;
          if (check.matches(candidate.signature)) {
            return new Verdict.Verified(i);
          }
        }
      }
    }
    return new Verdict.Rejected(
        Reason.NO_MATCHING_SIGNATURE,
        ("none of %d signatures in %s was made with one of our %d secrets over this request,"
                + " whose body has %d bytes%s")
            .formatted(
                candidates.size(),
                header.name(),
                secrets.size(),
                request.body().length,
                signedUrl(request)));
  }

  /**
   * Where the URL is signed, another host is the usual mistake; its path and query may be secret.
   */
  private String signedUrl(WebhookRequest request) {
    if (!text.holdsUrl()) {
      return "";
    }
    int path = request.url().indexOf('/', request.url().indexOf("://") + 3);
    return ", sent to " + (path < 0 ? request.url() : request.url().substring(0, path) + "/…");
  }

  private @Nullable Candidate candidate(SignatureHeader.Entry entry) {
    Kind kind = kind(entry.label());
    int min = kind.algorithm.minSignatureBytes();
    int max = kind.algorithm.maxSignatureBytes();
    int chars = entry.value().length();
    if (chars < kind.encoding.minChars(min) || chars > kind.encoding.maxChars(max)) {
      return null;
    }
    byte[] signature = kind.encoding.decode(entry.value());
    return signature == null || signature.length < min || signature.length > max
        ? null
        : new Candidate(entry.label(), signature);
  }

  private Verdict malformed(SignatureHeader.Entry entry) {
    Kind kind = kind(entry.label());
    return new Verdict.Rejected(
        Reason.MALFORMED_SIGNATURE,
        "the signature in %s has %d characters and is not %s bytes in %s"
            .formatted(
                header.name(),
                entry.value().length(),
                kind.algorithm.minSignatureBytes() == kind.algorithm.maxSignatureBytes()
                    ? kind.algorithm.maxSignatureBytes()
                    : kind.algorithm.minSignatureBytes()
                        + " to "
                        + kind.algorithm.maxSignatureBytes(),
                kind.encoding.characters()));
  }

  private Kind kind(String label) {
    for (Kind kind : kinds) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    throw new IllegalStateException("an entry was read whose label is none of ours");
  }

  private Headers sign(WebhookRequest request, SigningContext context, List<Secret> secrets) {
    Headers.Builder added = Headers.builder();
    String timestamp = null;
    if (text.idHeader() != null) {
      added.add(text.idHeader(), context.id());
    }
    if (time != null) {
      timestamp = time.unit().format(context.timestamp());
      if (time.header() != null) {
        added.add(time.header(), timestamp);
      }
    }
    WebhookRequest signed = request.plus(added.build());
    Verdict.Rejected problem = text.problem(signed);
    if (problem != null) {
      throw new IllegalArgumentException("cannot sign: " + problem.detail());
    }
    SignedText.Content content = text.of(signed, timestamp);
    List<SignatureHeader.Entry> entries = new ArrayList<>(secrets.size());
    for (Secret secret : secrets) {
      String signature = secret.kind.encoding.encode(secret.key.sign(content));
      entries.add(new SignatureHeader.Entry(secret.kind.label, signature));
    }
    return added.add(header.name(), header.write(entries, timestamp)).build();
  }

  private Secret secret(String secret) {
    for (Kind kind : kinds) {
      if (kind.algorithm.takes(secret)) {
        return new Secret(kind, kind.algorithm.key(secret));
      }
    }
    throw new InvalidSecret("is of no kind that this provider uses");
  }

  private List<String> everyLabel() {
    return kinds.stream().map(Kind::label).toList();
  }

  private static List<String> labels(List<Secret> secrets) {
    return secrets.stream().map(secret -> secret.kind.label).distinct().toList();
  }
}
