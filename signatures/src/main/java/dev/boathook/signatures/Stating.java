package dev.boathook.signatures;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A scheme and, besides, something that every request must state. That proves nothing, and keeps
 * out what was meant for another.
 *
 * @param field where it is stated
 * @param value what must be stated
 * @param name what to call it in messages
 */
record Stating(Scheme scheme, Field field, String value, String name) implements Scheme.Around {

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    Verifier verifier = scheme.verifier(secrets, keys);
    Set<String> names = new LinkedHashSet<>();
    field.pointers(names);
    JsonPointers pointers = new JsonPointers(names);
    return (request, now) -> {
      Verdict verdict = verifier.verify(request, now);
      return switch (verdict) {
        case Verdict.Rejected _, Verdict.Undecided _ -> verdict;
        case Verdict.Verified _, Verdict.Unsigned _ ->
            value.equals(field.in(new Facts(request, pointers, null)))
                ? verdict
                : new Verdict.Rejected(
                    Reason.WRONG_CLAIM, "the request does not state our " + name);
      };
    };
  }
}
