package dev.boathook.signatures;

import java.util.List;

/**
 * A scheme whose bodies are JSON or empty. For {@link SecretPrefix}: what can be appended to a body
 * without the secret begins with the padding of the hash, the byte 0x80, and so is never JSON.
 */
record JsonOrNothing(Scheme scheme) implements Scheme.Around {

  private static final String WHOLE = "";

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    Verifier verifier = scheme.verifier(secrets, keys);
    return (request, now) ->
        request.body().length == 0 || JsonScanner.range(request.body(), WHOLE) != null
            ? verifier.verify(request, now)
            : new Verdict.Rejected(Reason.MALFORMED_BODY, "the body is neither JSON nor empty");
  }
}
