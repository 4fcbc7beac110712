package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A signature inside each event of a body, over some of the event's own fields. A request is
 * verified if one secret verifies all of its events. Other fields are not protected.
 *
 * @param array a JSON pointer to the array of the events
 * @param fields what is signed: pointers into an event, in order; a field that is not there, or
 *     null, is the empty text
 * @param separator what stands between the fields; nothing in them is escaped
 * @param place where in an event its signature stands
 */
record ItemSignature(
    String array,
    List<String> fields,
    String separator,
    String place,
    Algorithm algorithm,
    Encoding encoding)
    implements Scheme {

  /** The most events of one body, each of which costs a signature to check. */
  static final int MAX_ITEMS = 100;

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Item(byte[] bytes, SignedText.Content content, byte[] signature) {}

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    List<Algorithm.Key> ours = Secrets.each(secrets, algorithm::key);
    JsonPointers pointers = pointers();
    JsonPointers around = new JsonPointers(List.of(array));
    return (request, _) -> verify(request.body(), ours, pointers, around);
  }

  private Verdict verify(
      byte[] body, List<Algorithm.Key> keys, JsonPointers pointers, JsonPointers around) {
    JsonElements elements = JsonElements.of(body, array);
    if (elements == null || elements.count() == 0) {
      return rejected(Reason.MALFORMED_BODY, "the body holds no events of the provider's form");
    }
    if (elements.count() > MAX_ITEMS) {
      return rejected(
          Reason.TOO_MANY_SIGNATURES, "the body holds more than " + MAX_ITEMS + " signed events");
    }
    List<Item> items = new ArrayList<>(elements.count());
    for (int i = 0; i < elements.count(); i++) {
      byte[] element = elements.element(i);
      @Nullable String[] values = JsonScanner.scan(element, pointers);
      String written = values[fields.size()];
      if (written == null) {
        return rejected(Reason.MALFORMED_BODY, "an event in the body has no signature");
      }
      byte[] signature = decoded(written);
      if (signature == null) {
        return rejected(
            Reason.MALFORMED_SIGNATURE,
            "a signature in the body has %d characters and is not %d bytes in %s"
                .formatted(written.length(), algorithm.maxSignatureBytes(), encoding.characters()));
      }
      items.add(new Item(element, content(values), signature));
    }
    for (int i = 0; i < keys.size(); i++) {
      Algorithm.Key key = keys.get(i);
      if (items.stream().allMatch(item -> key.over(item.content).matches(item.signature))) {
        return JsonScanner.isUnambiguous(body, around)
                && items.stream().allMatch(item -> JsonScanner.isUnambiguous(item.bytes, pointers))
            ? new Verdict.Verified(i)
            : rejected(Reason.MALFORMED_BODY, "a signed field is in the body twice");
      }
    }
    return rejected(
        Reason.NO_MATCHING_SIGNATURE,
        "none of our %d secrets made the signatures of all %d events"
            .formatted(keys.size(), items.size()));
  }

  private byte @Nullable [] decoded(String written) {
    int length = written.length();
    int max = algorithm.maxSignatureBytes();
    byte[] signature =
        length < encoding.minChars(algorithm.minSignatureBytes()) || length > encoding.maxChars(max)
            ? null
            : encoding.decode(written);
    return signature == null
            || signature.length < algorithm.minSignatureBytes()
            || signature.length > max
        ? null
        : signature;
  }

  private SignedText.Content content(@Nullable String[] values) {
    StringJoiner text = new StringJoiner(separator);
    for (int i = 0; i < fields.size(); i++) {
      text.add(values[i] == null ? "" : values[i]);
    }
    byte[] bytes = Utf8.bytes(text.toString());
    return sink -> sink.update(bytes);
  }

  private JsonPointers pointers() {
    List<String> pointers = new ArrayList<>(fields);
    pointers.add(place);
    return new JsonPointers(pointers);
  }

  /** Signs bodies with one event, where the signature stands as an empty text. */
  @Override
  public Signer signer(List<String> secrets) {
    Algorithm.Key key = algorithm.key(Secrets.checked(secrets).getFirst());
    key.requireSigning();
    JsonPointers pointers = pointers();
    return (request, _) -> {
      JsonElements elements = JsonElements.of(request.body(), array);
      if (elements == null || elements.count() != 1) {
        throw new IllegalArgumentException("cannot sign: the body does not hold one event");
      }
      byte[] signature = key.sign(content(JsonScanner.scan(elements.element(0), pointers)));
      return request.with(
          JsonSplice.string(request.body(), array + "/0" + place, encoding.encode(signature)));
    };
  }

  @Override
  public boolean timestamped() {
    return false;
  }

  @Override
  public SignedText.Content signedText(WebhookRequest request) {
    return SignedText.BODY.of(request, null);
  }

  private static Verdict rejected(Reason reason, String detail) {
    return new Verdict.Rejected(reason, detail);
  }
}
