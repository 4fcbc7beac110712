package dev.boathook.signatures;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scheme whose signature covers a JSON body that holds the time of the attempt. The time is
 * looked at only once the signature is right.
 *
 * @param pointer where the time is
 */
record TimeInBody(Scheme scheme, String pointer, TimeRule rule) implements Scheme.Around {

  static TimeInBody of(Scheme scheme, String pointer, TimeRule.Unit unit, Duration tolerance) {
    return new TimeInBody(
        scheme, pointer, new TimeRule(null, pointer + " in the body", unit, tolerance));
  }

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    Verifier verifier = scheme.verifier(secrets, keys);
    return (request, now) ->
        switch (verifier.verify(request, now)) {
          case Verdict.Verified verified -> inTime(request, now, verified);
          case Verdict.Unsigned unsigned -> unsigned;
          case Verdict.Rejected rejected -> rejected;
          case Verdict.Undecided undecided -> undecided;
        };
  }

  private Verdict inTime(WebhookRequest request, Instant now, Verdict.Verified verified) {
    String time = time(request);
    if (time == null) {
      return new Verdict.Rejected(Reason.MALFORMED_BODY, rule.name() + " is missing");
    }
    return switch (rule.check(request.headers(), time, now)) {
      case TimeRule.Outcome.InTime _ -> verified;
      case TimeRule.Outcome.Refused(Verdict.Rejected verdict) -> verdict;
    };
  }

  private @Nullable String time(WebhookRequest request) {
    return JsonScanner.scan(request.body(), new JsonPointers(List.of(pointer)))[0];
  }

  /** Signs a body that holds the time already. */
  @Override
  public Signer signer(List<String> secrets) {
    Signer signer = scheme.signer(secrets);
    return (request, context) -> {
      if (time(request) == null) {
        throw new IllegalArgumentException("cannot sign: " + rule.name() + " is missing");
      }
      return signer.sign(request, context);
    };
  }

  @Override
  public boolean timestamped() {
    return true;
  }
}
