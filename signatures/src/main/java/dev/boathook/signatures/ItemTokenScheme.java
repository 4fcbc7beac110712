package dev.boathook.signatures;

import java.util.List;
import java.util.OptionalInt;

/**
 * A shared secret in every element of an array in the body. It proves that the sender knows it, and
 * nothing about the rest of the request.
 *
 * @param array a JSON pointer to the array, which must have an element
 * @param member the name of the string in each element
 */
record ItemTokenScheme(String array, String member) implements Scheme.Unsigned {

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    List<byte[]> tokens = Secrets.each(secrets, Utf8::bytes);
    JsonPointers pointers = new JsonPointers(List.of("/" + member));
    return (request, _) -> verify(request, tokens, pointers);
  }

  private Verdict verify(WebhookRequest request, List<byte[]> tokens, JsonPointers pointers) {
    JsonElements items = JsonElements.of(request.body(), array);
    if (items == null || items.count() == 0) {
      return new Verdict.Rejected(
          Reason.MALFORMED_BODY, "the body is no JSON with something in " + array);
    }
    int first = -1;
    for (int i = 0; i < items.count(); i++) {
      String token = JsonScanner.scan(items.element(i), pointers)[0];
      if (token == null || token.isEmpty()) {
        return new Verdict.Rejected(
            Reason.MISSING_TOKEN, "%s is missing in %s/%d".formatted(member, array, i));
      }
      int match = TokenScheme.match(token, tokens);
      if (match < 0) {
        return new Verdict.Rejected(
            Reason.NO_MATCHING_TOKEN,
            "%s in %s/%d has %d characters and is none of our %d secrets"
                .formatted(member, array, i, token.length(), tokens.size()));
      }
      first = i == 0 ? match : first;
    }
    return new Verdict.Unsigned(OptionalInt.of(first));
  }

  @Override
  public Signer signer(List<String> secrets) {
    String token = Secrets.checked(secrets).getFirst();
    return (request, _) -> request.with(signed(request.body(), token));
  }

  private byte[] signed(byte[] body, String token) {
    JsonElements items = JsonElements.of(body, array);
    if (items == null || items.count() == 0) {
      throw new IllegalArgumentException("the body is no JSON with something in " + array);
    }
    byte[] signed = body;
    for (int i = 0; i < items.count(); i++) {
      signed = JsonSplice.string(signed, array + "/" + i + "/" + member, token);
    }
    return signed;
  }

  @Override
  public boolean timestamped() {
    return false;
  }
}
