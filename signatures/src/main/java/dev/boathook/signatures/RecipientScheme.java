package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scheme whose keys serve all customers of a provider: a good signature proves only that the
 * provider sent it to somebody. So every event must name the recipient, inside what is signed. The
 * body is one event, or an array of events.
 *
 * @param fields names of the field with the recipient; the first that is there counts
 * @param expected who it must be
 */
record RecipientScheme(Scheme scheme, List<String> fields, String expected)
    implements Scheme.Around {

  private static final JsonSplit EVENTS = JsonSplit.of("");

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    Verifier verifier = scheme.verifier(secrets, keys);
    JsonPointers ofOne = new JsonPointers(pointers(""));
    JsonPointers ofArray = new JsonPointers(pointers("/0"));
    return (request, now) -> {
      Verdict verdict = verifier.verify(request, now);
      return !(verdict instanceof Verdict.Verified) || isForUs(request.body(), ofOne, ofArray)
          ? verdict
          : new Verdict.Rejected(
              Reason.WRONG_CLAIM, "the provider signed this for another recipient");
    };
  }

  private boolean isForUs(byte[] body, JsonPointers ofOne, JsonPointers ofArray) {
    List<byte[]> events = EVENTS.parts(body);
    return events == null
        ? expected.equals(recipient(body, ofOne))
        : events.stream().allMatch(event -> expected.equals(recipient(event, ofArray)));
  }

  private static @Nullable String recipient(byte[] event, JsonPointers pointers) {
    for (String found : JsonScanner.scan(event, pointers)) {
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private List<String> pointers(String event) {
    return fields.stream().map(field -> event + "/" + field).toList();
  }

  /** Names the recipient wherever one is named, and signs. */
  @Override
  public Signer signer(List<String> secrets) {
    Signer signer = scheme.signer(secrets);
    return (request, context) -> {
      byte[] body = request.body();
      List<byte[]> events = EVENTS.parts(body);
      List<String> pointers = new ArrayList<>();
      if (events == null) {
        pointers.addAll(pointers(""));
      } else {
        for (int i = 0; i < events.size(); i++) {
          pointers.addAll(pointers("/" + i));
        }
      }
      boolean named = false;
      for (String pointer : pointers) {
        if (JsonScanner.range(body, pointer) != null) {
          body = JsonSplice.string(body, pointer, expected);
          named = true;
        }
      }
      if (!named) {
        throw new IllegalArgumentException(
            "cannot sign: no event in the body has a field " + String.join(" or ", fields));
      }
      return signer.sign(request.with(body), context);
    };
  }
}
