package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One of several schemes. What a request carries decides which of them applies, and that one alone:
 * if it fails, no other is tried. A weaker scheme applies only if a request has the mark of no
 * stronger one, and not at all while there is a secret that only a stronger one takes. So nobody
 * comes in with less than was agreed on by leaving the better proof away.
 *
 * @param alternatives the strongest first
 * @param signsByMark whether a signer, too, goes by what the request carries, because the schemes
 *     are for different kinds of requests; otherwise it signs with the strongest
 */
record SchemeChoice(List<Alternative> alternatives, boolean signsByMark) implements Scheme {

  /**
   * A scheme and what it is chosen by.
   *
   * @param mark whether a request carries this kind of proof, be it good or not
   * @param takes whether a secret is meant for this scheme
   */
  record Alternative(Predicate<WebhookRequest> mark, Predicate<String> takes, Scheme scheme) {

    /** The same for these secrets only. */
    Alternative forSecrets(Predicate<String> kind) {
      return new Alternative(mark, kind, scheme);
    }
  }

  /** The secrets of one alternative, and their places in the caller's list. */
  private record Selection(List<String> secrets, List<Integer> places) {

    /** Does not tell the secrets. */
    @Override
    public String toString() {
      return "Selection" + places;
    }

    Verdict inCallersList(Verdict verdict) {
      return switch (verdict) {
        case Verdict.Verified(int index) -> new Verdict.Verified(places.get(index));
        case Verdict.Unsigned(OptionalInt index) ->
            index.isEmpty()
                ? verdict
                : new Verdict.Unsigned(OptionalInt.of(places.get(index.getAsInt())));
        case Verdict.Rejected _, Verdict.Undecided _ -> verdict;
      };
    }
  }

  private static final Verifier WITHOUT_SECRET =
      (_, _) ->
          new Verdict.Rejected(
              Reason.NO_ACCEPTED_SIGNATURE,
              "the request carries a kind of proof that none of our secrets is for");

  SchemeChoice {
    alternatives = List.copyOf(alternatives);
    if (alternatives.isEmpty()) {
      throw new IllegalArgumentException("there is no scheme to choose");
    }
  }

  /** The first of these whose mark a request carries. */
  static SchemeChoice of(Alternative... alternatives) {
    return new SchemeChoice(List.of(alternatives), false);
  }

  /** The same for different kinds of requests, which a signer tells apart as a verifier does. */
  SchemeChoice signingByMark() {
    return new SchemeChoice(alternatives, true);
  }

  /** For requests that have this header. */
  static Alternative ifHeader(String name, Scheme scheme) {
    return ifHeader(name, "", scheme);
  }

  /** For requests that have this header with a value that begins so, in any case. */
  static Alternative ifHeader(String name, String start, Scheme scheme) {
    return new Alternative(
        request ->
            request.headers().all(name).stream()
                .anyMatch(value -> value.regionMatches(true, 0, start, 0, start.length())),
        _ -> true,
        scheme);
  }

  /** For requests with this method. */
  static Alternative ifMethod(String name, Scheme scheme) {
    return new Alternative(request -> request.method().equals(name), _ -> true, scheme);
  }

  /** For requests that have the mark of none before. */
  static Alternative otherwise(Scheme scheme) {
    return new Alternative(_ -> true, _ -> true, scheme);
  }

  @Override
  public Verifier verifier(List<String> texts, RemoteKeys keys) {
    List<String> secrets = known(texts);
    List<Verifier> verifiers = new ArrayList<>(alternatives.size());
    for (int i = 0; i < alternatives.size(); i++) {
      int stronger = strongerThatNeedsIts(i, secrets);
      verifiers.add(stronger >= 0 ? verifiers.get(stronger) : verifier(i, secrets, keys));
    }
    Verifier strongest =
        verifiers.stream()
            .filter(verifier -> !verifier.equals(WITHOUT_SECRET))
            .findFirst()
            .orElseThrow();
    return (request, now) -> {
      int chosen = chosen(request);
      return (chosen < 0 ? strongest : verifiers.get(chosen)).verify(request, now);
    };
  }

  private Verifier verifier(int alternative, List<String> secrets, RemoteKeys keys) {
    Selection ours = selection(alternative, secrets);
    if (ours.secrets.isEmpty()) {
      return WITHOUT_SECRET;
    }
    try {
      Verifier verifier = alternatives.get(alternative).scheme.verifier(ours.secrets, keys);
      return (request, now) -> ours.inCallersList(verifier.verify(request, now));
    } catch (InvalidSecret e) {
      throw e.selectedBy(ours.places);
    }
  }

  /** The strongest before this one that takes a secret which this one does not; -1 if none does. */
  private int strongerThatNeedsIts(int alternative, List<String> secrets) {
    for (int i = 0; i < alternative; i++) {
      for (String secret : secrets) {
        if (takes(i, secret) && !takes(alternative, secret)) {
          return i;
        }
      }
    }
    return -1;
  }

  /** Signs with the strongest scheme that takes all of the secrets, or by the request's mark. */
  @Override
  public Signer signer(List<String> texts) {
    List<String> secrets = known(texts);
    if (signsByMark) {
      List<Signer> signers =
          alternatives.stream().map(alternative -> alternative.scheme.signer(secrets)).toList();
      return (request, context) -> signers.get(Math.max(0, chosen(request))).sign(request, context);
    }
    for (int i = 0; i < alternatives.size(); i++) {
      if (selection(i, secrets).secrets.size() == secrets.size()) {
        return alternatives.get(i).scheme.signer(secrets);
      }
    }
    throw new InvalidSecret("the secrets are of several kinds, and no scheme uses them all");
  }

  @Override
  public boolean signs() {
    return alternatives.stream().anyMatch(alternative -> alternative.scheme.signs());
  }

  /** Whether every one of them signs a time. */
  @Override
  public boolean timestamped() {
    return alternatives.stream().allMatch(alternative -> alternative.scheme.timestamped());
  }

  @Override
  public Set<String> tokenParameters() {
    return alternatives.stream()
        .flatMap(alternative -> alternative.scheme.tokenParameters().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public SignedText.Content signedText(WebhookRequest request) {
    return alternatives.get(Math.max(0, chosen(request))).scheme.signedText(request);
  }

  /** The first alternative whose mark the request carries; -1 if it carries none. */
  private int chosen(WebhookRequest request) {
    for (int i = 0; i < alternatives.size(); i++) {
      if (alternatives.get(i).mark.test(request)) {
        return i;
      }
    }
    return -1;
  }

  private boolean takes(int alternative, String secret) {
    return alternatives.get(alternative).takes.test(secret);
  }

  private Selection selection(int alternative, List<String> secrets) {
    List<String> taken = new ArrayList<>(secrets.size());
    List<Integer> places = new ArrayList<>(secrets.size());
    for (int i = 0; i < secrets.size(); i++) {
      if (takes(alternative, secrets.get(i))) {
        taken.add(secrets.get(i));
        places.add(i);
      }
    }
    return new Selection(taken, places);
  }

  /** The secrets, each of which must be for one of the alternatives. */
  private List<String> known(List<String> texts) {
    return Secrets.each(
        texts,
        secret -> {
          if (alternatives.stream().noneMatch(alternative -> alternative.takes.test(secret))) {
            throw new InvalidSecret("is of no kind that this provider uses");
          }
          return secret;
        });
  }
}
