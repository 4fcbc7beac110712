package dev.boathook.signatures;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of two members that stand in this order and without space: one that is signed, as
 * it is written, and the signature. Nothing else may stand in the body, so all of it is covered.
 *
 * @param signed the name of the member that is signed
 * @param signature the name of the member that holds the signature
 */
record SignedMember(String signed, String signature, Algorithm algorithm, Encoding encoding)
    implements Scheme {

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    List<Algorithm.Key> ours = Secrets.each(secrets, algorithm::key);
    return (request, _) -> verify(request.body(), ours);
  }

  private Verdict verify(byte[] body, List<Algorithm.Key> keys) {
    JsonScanner.Range text = signedPart(body);
    if (text == null) {
      return new Verdict.Rejected(
          Reason.MALFORMED_BODY,
          "the body is not an object of %s and %s alone, in this order and without space"
              .formatted(signed, signature));
    }
    byte[] presented = signature(body);
    if (presented == null) {
      return new Verdict.Rejected(
          Reason.MALFORMED_SIGNATURE,
          "%s is not %d bytes in %s"
              .formatted(signature, algorithm.maxSignatureBytes(), encoding.characters()));
    }
    SignedText.Content content = content(body, text);
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).over(content).matches(presented)) {
        return new Verdict.Verified(i);
      }
    }
    return new Verdict.Rejected(
        Reason.NO_MATCHING_SIGNATURE,
        "%s was not made with one of our %d secrets over this %s, which has %d bytes"
            .formatted(signature, keys.size(), signed, text.to() - text.from()));
  }

  /** Where the signed value stands; null if the body has another form. */
  private JsonScanner.@Nullable Range signedPart(byte[] body) {
    JsonScanner.Range text = JsonScanner.range(body, "/" + signed);
    JsonScanner.Range proof = JsonScanner.range(body, "/" + signature);
    if (text == null || proof == null) {
      return null;
    }
    byte[] before = Utf8.bytes("{" + JsonSplice.quoted(signed) + ":");
    byte[] between = Utf8.bytes("," + JsonSplice.quoted(signature) + ":");
    boolean alone =
        Arrays.equals(body, 0, text.from(), before, 0, before.length)
            && text.to() <= proof.from()
            && Arrays.equals(body, text.to(), proof.from(), between, 0, between.length)
            && proof.to() == body.length - 1;
    return alone ? text : null;
  }

  private byte @Nullable [] signature(byte[] body) {
    JsonPointers pointer = new JsonPointers(List.of("/" + signature));
    String text = JsonScanner.scan(body, pointer)[0];
    if (text == null || text.length() > encoding.maxChars(algorithm.maxSignatureBytes())) {
      return null;
    }
    byte[] bytes = encoding.decode(text);
    return bytes == null || bytes.length < algorithm.minSignatureBytes() ? null : bytes;
  }

  private static SignedText.Content content(byte[] body, JsonScanner.Range text) {
    byte[] part = Arrays.copyOfRange(body, text.from(), text.to());
    return sink -> sink.update(part);
  }

  /** Signs a body that holds both members, the signature as any string. */
  @Override
  public Signer signer(List<String> secrets) {
    List<Algorithm.Key> ours = Secrets.each(secrets, algorithm::key);
    Algorithm.Key key = ours.getFirst();
    key.requireSigning();
    return (request, _) -> {
      JsonScanner.Range text = signedPart(request.body());
      if (text == null) {
        throw new IllegalArgumentException(
            "cannot sign: the body is not an object of " + signed + " and " + signature);
      }
      String proof = encoding.encode(key.sign(content(request.body(), text)));
      return request.with(JsonSplice.string(request.body(), "/" + signature, proof));
    };
  }

  @Override
  public boolean timestamped() {
    return false;
  }

  /** The signed member; the body as a whole if it has another form. */
  @Override
  public SignedText.Content signedText(WebhookRequest request) {
    JsonScanner.Range text = signedPart(request.body());
    return text == null ? SignedText.BODY.of(request, null) : content(request.body(), text);
  }
}
