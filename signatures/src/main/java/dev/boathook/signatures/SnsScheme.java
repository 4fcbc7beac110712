package dev.boathook.signatures;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Amazon SNS: an RSA signature in the JSON body over some of its members, by a certificate whose
 * address the body names. That address must be SNS's own in the region of the topic, the topic must
 * be one of ours, and the certificate must have SNS's name and be valid now; that it is Amazon's
 * follows from where it was fetched. Members that are not signed (UnsubscribeURL, white space) can
 * be changed on the way.
 *
 * @param topics the topics that may send
 * @param pinned public keys to check with; if there are any, no certificate is fetched
 */
record SnsScheme(SnsTopics topics, List<PublicKey> pinned) implements Scheme {

  /**
   * SNS repeats a message for an hour at most, with the same time. Within this time the signed id
   * shows what came before.
   */
  private static final Duration TOLERANCE = Duration.ofDays(1);

  private static final TimeRule TIME =
      new TimeRule(null, "Timestamp", TimeRule.Unit.ISO8601, TOLERANCE);

  /** A new certificate gets a new address, so that one may be kept for long. */
  private static final Duration MAX_AGE = Duration.ofDays(1);

  private static final String ONE = "certificate";

  private static final List<String> NOTIFICATION =
      List.of("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type");
  private static final List<String> CONFIRMATION =
      List.of("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type");
  private static final JsonPointers MEMBERS =
      new JsonPointers(
          List.of(
              "/Message",
              "/MessageId",
              "/Subject",
              "/SubscribeURL",
              "/Timestamp",
              "/Token",
              "/TopicArn",
              "/Type",
              "/SignatureVersion",
              "/Signature",
              "/SigningCertURL"));

  /** The members of one body. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Body(@Nullable String[] values) {

    static Body of(WebhookRequest request) {
      return new Body(JsonScanner.scan(request.body(), MEMBERS));
    }

    @Nullable String get(String member) {
      return values[MEMBERS.indexOf("/" + member)];
    }

    /** The members that are signed, in their order; null if it is no message of SNS. */
    @Nullable List<String> signedMembers() {
      String type = get("Type");
      if (type == null) {
        return null;
      }
      List<String> members =
          switch (type) {
            case "Notification" -> NOTIFICATION;
            case "SubscriptionConfirmation", "UnsubscribeConfirmation" -> CONFIRMATION;
            default -> List.of();
          };
      boolean whole =
          members.stream().allMatch(member -> member.equals("Subject") || get(member) != null);
      return members.isEmpty() || !whole ? null : members;
    }

    SignedText.Content text() {
      List<String> members = signedMembers();
      return sink -> {
        for (String member : members == null ? List.<String>of() : members) {
          String value = get(member);
          if (value != null) {
            sink.update(Utf8.bytes(member + "\n" + value + "\n"));
          }
        }
      };
    }
  }

  /** What came of looking for keys. */
  private sealed interface Keys {
    record Trusted(List<PublicKey> keys) implements Keys {}

    record None(Verdict verdict) implements Keys {}
  }

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    requireNone(secrets);
    return (request, now) -> verify(request, now, keys);
  }

  private static void requireNone(List<String> secrets) {
    if (!secrets.isEmpty()) {
      throw new InvalidSecret("there is a secret, and Amazon SNS signs with keys of its own");
    }
  }

  private Verdict verify(WebhookRequest request, Instant now, RemoteKeys remote) {
    if ("true".equalsIgnoreCase(request.headers().first("x-amz-sns-rawdelivery"))) {
      return new Verdict.Rejected(
          Reason.NO_ACCEPTED_SIGNATURE, "raw message delivery carries no signature: switch it off");
    }
    Body body = Body.of(request);
    String topic = body.get("TopicArn");
    String written = body.get("Signature");
    String url = body.get("SigningCertURL");
    if (body.signedMembers() == null || topic == null || written == null || url == null) {
      return new Verdict.Rejected(
          Reason.MALFORMED_BODY, "the body is no JSON with all the members of an SNS message");
    }
    if (!topics.holds(topic)) {
      return new Verdict.Rejected(
          Reason.WRONG_CLAIM, "the topic is none of those that may send here");
    }
    PublicKeyAlgorithm algorithm = algorithm(body);
    if (algorithm == null) {
      return new Verdict.Rejected(
          Reason.NO_ACCEPTED_SIGNATURE, "SignatureVersion is neither 1 nor 2");
    }
    byte[] signature = Encoding.BASE64.decode(written);
    if (signature == null
        || signature.length < algorithm.minSignatureBytes()
        || signature.length > algorithm.maxSignatureBytes()) {
      return new Verdict.Rejected(
          Reason.MALFORMED_SIGNATURE,
          "Signature has %d characters and is no RSA signature in base64"
              .formatted(written.length()));
    }
    return switch (TIME.check(request.headers(), body.get("Timestamp"), now)) {
      case TimeRule.Outcome.Refused(Verdict.Rejected verdict) -> verdict;
      case TimeRule.Outcome.InTime _ ->
          switch (keys(topic, url, now, remote)) {
            case Keys.None(Verdict verdict) -> verdict;
            case Keys.Trusted(List<PublicKey> trusted) ->
                match(request, trusted, algorithm, body, signature);
          };
    };
  }

  private static @Nullable PublicKeyAlgorithm algorithm(Body body) {
    return switch (String.valueOf(body.get("SignatureVersion"))) {
      case "1" -> PublicKeyAlgorithm.RSA_SHA1;
      case "2" -> PublicKeyAlgorithm.RSA_SHA256;
      default -> null;
    };
  }

  private static Verdict match(
      WebhookRequest request,
      List<PublicKey> keys,
      PublicKeyAlgorithm algorithm,
      Body body,
      byte[] signature) {
    for (PublicKey key : keys) {
      if (algorithm.key(key).over(body.text()).matches(signature)) {
        return JsonScanner.isUnambiguous(request.body(), MEMBERS)
            ? new Verdict.Verified(0)
            : new Verdict.Rejected(Reason.MALFORMED_BODY, "a signed member is in the body twice");
      }
    }
    return new Verdict.Rejected(
        Reason.NO_MATCHING_SIGNATURE,
        "Signature was not made over these members with the key of SNS");
  }

  private Keys keys(String topic, String url, Instant now, RemoteKeys remote) {
    if (!pinned.isEmpty()) {
      return new Keys.Trusted(pinned);
    }
    if (!SnsTopics.isCertificateUrl(topic, url)) {
      return untrusted("SigningCertURL is no address of SNS in the region of the topic");
    }
    RemoteKeys.KeySet set =
        new RemoteKeys.KeySet(
            url, MAX_AGE, SnsTopics.host(topic), fetcher -> load(fetcher, topic, URI.create(url)));
    return switch (remote.find(set, ONE, now)) {
      case RemoteKeys.Found.Unavailable(String why) -> new Keys.None(new Verdict.Undecided(why));
      case RemoteKeys.Found.Unknown() -> untrusted("the certificate is not one of SNS");
      case RemoteKeys.Found.One(RemoteKeys.Key key) ->
          key.certificate() != null && Certificates.isValid(key.certificate(), now)
              ? new Keys.Trusted(List.of(key.key()))
              : untrusted("the certificate is not valid now");
    };
  }

  private static Keys untrusted(String detail) {
    return new Keys.None(new Verdict.Rejected(Reason.UNTRUSTED_KEY, detail));
  }

  /** The certificate; none if it is not in the name of SNS. */
  private static Map<String, RemoteKeys.Key> load(KeyFetcher fetcher, String topic, URI uri)
      throws IOException {
    byte[] pem = fetcher.fetch(KeyFetcher.Call.get(uri));
    X509Certificate certificate;
    try {
      certificate = PemKeys.certificates(new String(pem, StandardCharsets.ISO_8859_1)).getFirst();
    } catch (InvalidSecret e) {
      throw new IOException("what " + uri + " answers " + e.getMessage(), e);
    }
    PublicKey key = certificate.getPublicKey();
    return PemKeys.Kind.RSA.admits(key)
            && Certificates.hasCommonName(certificate, name -> SnsTopics.isCommonName(topic, name))
        ? Map.of(ONE, new RemoteKeys.Key(key, certificate))
        : Map.of();
  }

  /**
   * Signs as SNS would for one of the topics. The secret is an RSA key as PKCS#8 in PEM. The
   * members that must be filled in stand in the body as empty strings: TopicArn, SigningCertURL and
   * Signature.
   */
  @Override
  public Signer signer(List<String> secrets) {
    List<AsymmetricKey> keys =
        Secrets.each(
            secrets,
            secret -> {
              AsymmetricKey key = PublicKeyAlgorithm.RSA_SHA256.key(secret);
              key.requireSigning();
              return key;
            });
    return (request, _) -> sign(request, keys.getFirst());
  }

  private WebhookRequest sign(WebhookRequest unsigned, AsymmetricKey key) {
    String topic = topics.sample();
    String url = SnsTopics.host(topic) + "/SimpleNotificationService-" + "0".repeat(32) + ".pem";
    byte[] filled = JsonSplice.string(unsigned.body(), "/TopicArn", topic);
    WebhookRequest request = unsigned.with(JsonSplice.string(filled, "/SigningCertURL", url));
    Body body = Body.of(request);
    if (body.signedMembers() == null || !"2".equals(body.get("SignatureVersion"))) {
      throw new IllegalArgumentException(
          "cannot sign: the body is no SNS message of SignatureVersion 2");
    }
    String signature = Encoding.BASE64.encode(key.sign(body.text()));
    return request.with(JsonSplice.string(request.body(), "/Signature", signature));
  }

  @Override
  public boolean timestamped() {
    return true;
  }

  @Override
  public SignedText.Content signedText(WebhookRequest request) {
    return Body.of(request).text();
  }
}
