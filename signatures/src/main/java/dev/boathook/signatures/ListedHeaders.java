package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scheme of Hook0: {@code t=…,v0=…,h=…,v1=…} in one header. {@code v0} signs the time and the
 * body; {@code v1} also the headers whose names {@code h} lists. Where there is a {@code v1}, it
 * alone counts, so that a right {@code v0} never rescues a wrong {@code v1}.
 *
 * <p>Source: github hook0/hook0, clients/conformance/signature.json.
 *
 * @param header the name of the header
 * @param covered the headers that a signer lists, as far as the request has them
 * @param versions which of the two signatures count
 */
record ListedHeaders(String header, List<String> covered, Versions versions) implements Scheme {

  /** The most headers that a signature may list. */
  static final int MAX_LISTED = 32;

  private static final Algorithm ALGORITHM = new Hmac(Hmac.Hash.SHA256, KeyForm.TEXT);
  private static final String BODY = "v0";
  private static final String HEADERS_AND_BODY = "v1";
  private static final String LIST = "h";

  /** Which signatures count. */
  enum Versions {
    /** {@code v1}, or {@code v0} where there is no {@code v1}. */
    NEWEST,
    /** {@code v0}; {@code v1} is not looked at. */
    BODY_ONLY,
    /** {@code v1}; without it there is no signature. */
    HEADERS_ONLY;

    private List<String> labels() {
      return switch (this) {
        case NEWEST -> List.of(LIST, BODY, HEADERS_AND_BODY);
        case BODY_ONLY -> List.of(BODY);
        case HEADERS_ONLY -> List.of(LIST, HEADERS_AND_BODY);
      };
    }
  }

  private SignatureHeader signatures() {
    return new SignatureHeader(List.of(header), new SignatureHeader.Format.Labelled("t"));
  }

  private TimeRule time() {
    return new TimeRule(
        null, "'t' in " + header, TimeRule.Unit.SECONDS, SignatureScheme.FIVE_MINUTES);
  }

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    List<Algorithm.Key> ours = Secrets.each(secrets, ALGORITHM::key);
    SignatureHeader signatures = signatures();
    TimeRule time = time();
    return (request, now) ->
        switch (signatures.read(request.headers(), versions.labels())) {
          case SignatureHeader.Contents.Unusable(Verdict.Rejected verdict) -> verdict;
          case SignatureHeader.Contents.Signatures found ->
              switch (time.check(request.headers(), found.timestamp(), now)) {
                case TimeRule.Outcome.Refused(Verdict.Rejected verdict) -> verdict;
                case TimeRule.Outcome.InTime(String t) -> match(request, t, found.entries(), ours);
              };
        };
  }

  private Verdict match(
      WebhookRequest request,
      String timestamp,
      List<SignatureHeader.Entry> entries,
      List<Algorithm.Key> secrets) {
    List<String> newest = values(entries, HEADERS_AND_BODY);
    String list = null;
    if (!newest.isEmpty()) {
      List<String> lists = values(entries, LIST);
      if (lists.size() != 1) {
        return malformed("has v1 and " + lists.size() + " lists of headers");
      }
      list = lists.getFirst();
      Verdict.Rejected problem = problem(request, names(list));
      if (problem != null) {
        return problem;
      }
    }
    List<byte[]> candidates = new ArrayList<>();
    for (String text : newest.isEmpty() ? values(entries, BODY) : newest) {
      byte[] signature = Encoding.HEX.decode(text);
      if (signature != null && signature.length == ALGORITHM.maxSignatureBytes()) {
        candidates.add(signature);
      }
    }
    if (candidates.isEmpty()) {
      return values(entries, BODY).isEmpty() && newest.isEmpty()
          ? new Verdict.Rejected(Reason.NO_ACCEPTED_SIGNATURE, header + " holds no signature")
          : new Verdict.Rejected(
              Reason.MALFORMED_SIGNATURE,
              "no signature in "
                  + header
                  + " is "
                  + ALGORITHM.maxSignatureBytes()
                  + " bytes in hex");
    }
    SignedText.Content content = text(request, timestamp, list);
    for (int i = 0; i < secrets.size(); i++) {
      Algorithm.Check check = secrets.get(i).over(content);
      if (candidates.stream().anyMatch(check::matches)) {
        return new Verdict.Verified(i);
      }
    }
    return new Verdict.Rejected(
        Reason.NO_MATCHING_SIGNATURE,
        "none of %d %s signatures in %s was made with one of our %d secrets"
            .formatted(
                candidates.size(),
                newest.isEmpty() ? BODY : HEADERS_AND_BODY,
                header,
                secrets.size()));
  }

  private Verdict.@Nullable Rejected problem(WebhookRequest request, List<String> names) {
    if (names.size() > MAX_LISTED) {
      return malformed("lists more than " + MAX_LISTED + " headers");
    }
    for (String name : names) {
      String value = request.headers().first(name);
      if (value == null) {
        boolean tellable = Ascii.isVisible(name) && name.length() <= Envelope.MAX_LENGTH;
        return new Verdict.Rejected(
            Reason.MISSING_HEADER,
            (tellable ? name : "a header") + " is listed in " + header + " and missing");
      }
      if (request.headers().count(name) > 1 || !Ascii.isPrintable(value)) {
        return malformed("lists " + name + ", which has several values or odd characters");
      }
    }
    return null;
  }

  private Verdict.Rejected malformed(String what) {
    return new Verdict.Rejected(Reason.MALFORMED_HEADER, header + " " + what);
  }

  private static List<String> values(List<SignatureHeader.Entry> entries, String label) {
    return entries.stream()
        .filter(entry -> entry.label().equals(label))
        .map(SignatureHeader.Entry::value)
        .toList();
  }

  private static List<String> names(String list) {
    return list.isEmpty() ? List.of() : Arrays.asList(list.split(" ", -1));
  }

  /** The signed text; without the list of headers and their values if there is no list. */
  private static SignedText.Content text(
      WebhookRequest request, String timestamp, @Nullable String list) {
    StringBuilder start = new StringBuilder(timestamp).append('.');
    if (list != null) {
      List<String> values = new ArrayList<>();
      for (String name : names(list)) {
        values.add(String.valueOf(request.headers().first(name)));
      }
      start.append(list).append('.').append(String.join(".", values)).append('.');
    }
    byte[] bytes = Utf8.bytes(start.toString());
    return sink -> {
      sink.update(bytes);
      sink.update(request.body());
    };
  }

  @Override
  public Signer signer(List<String> secrets) {
    List<Algorithm.Key> keys = Secrets.each(secrets, ALGORITHM::key);
    Signer.OfHeaders signer =
        (request, context) -> {
          String timestamp = TimeRule.Unit.SECONDS.format(context.timestamp());
          String list =
              String.join(
                  " ",
                  covered.stream().filter(name -> request.headers().first(name) != null).toList());
          List<SignatureHeader.Entry> entries = new ArrayList<>();
          for (Algorithm.Key key : keys) {
            entries.add(signature(BODY, key, text(request, timestamp, null)));
          }
          entries.add(new SignatureHeader.Entry(LIST, list));
          for (Algorithm.Key key : keys) {
            entries.add(signature(HEADERS_AND_BODY, key, text(request, timestamp, list)));
          }
          return Headers.of(header, signatures().write(entries, timestamp));
        };
    return signer;
  }

  private static SignatureHeader.Entry signature(
      String label, Algorithm.Key key, SignedText.Content text) {
    return new SignatureHeader.Entry(label, Encoding.HEX.encode(key.sign(text)));
  }

  @Override
  public boolean timestamped() {
    return true;
  }

  @Override
  public SignedText.Content signedText(WebhookRequest request) {
    String timestamp =
        signatures().read(request.headers(), versions.labels())
                instanceof SignatureHeader.Contents.Signatures found
            ? found.timestamp()
            : null;
    return text(request, timestamp == null ? "" : timestamp, null);
  }
}
