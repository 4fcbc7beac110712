package dev.boathook.signatures;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a {@link SignatureScheme} together, in the words of a provider's documentation. */
final class SignatureBuilder {
  private final SignatureHeader header;
  private final List<SignatureScheme.Kind> kinds = new ArrayList<>();
  private @Nullable String idHeader;
  private SignedText text = SignedText.BODY;
  private @Nullable TimeRule time;

  private SignatureBuilder(List<String> headers, SignatureHeader.Format format) {
    this.header = new SignatureHeader(headers, format);
  }

  /** The signature is the value of a header; the first of these that is present counts. */
  static SignatureBuilder inHeader(String... names) {
    return new SignatureBuilder(List.of(names), new SignatureHeader.Format.Plain("", false));
  }

  /** The signature follows a prefix in a header. */
  static SignatureBuilder inHeaderAfter(String prefix, String name) {
    return new SignatureBuilder(List.of(name), new SignatureHeader.Format.Plain(prefix, false));
  }

  /** Signatures follow a prefix in a header, and several may stand there, separated by commas. */
  static SignatureBuilder inHeaderList(String prefix, String name) {
    return new SignatureBuilder(List.of(name), new SignatureHeader.Format.Plain(prefix, true));
  }

  /** A header holds {@code label=value} pairs, separated by commas, and the time is one of them. */
  static SignatureBuilder inLabelledHeader(String timeLabel, String name) {
    return inLabelledHeader(timeLabel, name, TimeRule.Unit.SECONDS, SignatureScheme.FIVE_MINUTES);
  }

  /** The same with a time that is written in another way or may be farther off. */
  static SignatureBuilder inLabelledHeader(
      String timeLabel, String name, TimeRule.Unit unit, Duration tolerance) {
    return new SignatureBuilder(List.of(name), new SignatureHeader.Format.Labelled(timeLabel))
        .time(new TimeRule(null, "'" + timeLabel + "' in " + name, unit, tolerance));
  }

  /** A header holds {@code version,signature} pairs, separated by spaces. */
  static SignatureBuilder inVersionedHeader(String name) {
    return new SignatureBuilder(List.of(name), new SignatureHeader.Format.Versioned());
  }

  /** The header that {@code {id}} in the signed text stands for. */
  SignatureBuilder idInHeader(String name) {
    idHeader = name;
    return this;
  }

  /** The time is in Unix seconds in a header, and may be five minutes off. */
  SignatureBuilder timeInHeader(String name) {
    return timeInHeader(name, TimeRule.Unit.SECONDS, SignatureScheme.FIVE_MINUTES);
  }

  SignatureBuilder timeInHeader(String name, TimeRule.Unit unit, Duration tolerance) {
    return time(new TimeRule(name, name, unit, tolerance));
  }

  private SignatureBuilder time(TimeRule rule) {
    time = rule;
    return this;
  }

  /** What is signed, as a template; see {@link SignedText#parse}. */
  SignatureBuilder over(String template) {
    text = SignedText.parse(template, idHeader);
    return this;
  }

  /** What is signed is the URL and, if the body is a form, its fields in order. */
  SignatureBuilder overUrlAndFields() {
    text = SignedText.URL_AND_FIELDS;
    return this;
  }

  /** Whether the time is part of what is signed. */
  boolean coversTimestamp() {
    return text.holdsTimestamp();
  }

  /** How it is signed, where signatures have no label. */
  SignatureBuilder with(Algorithm algorithm, Encoding encoding) {
    return with("", algorithm, encoding);
  }

  /** How it is signed under this label. May be called again for another label. */
  SignatureBuilder with(String label, Algorithm algorithm, Encoding encoding) {
    kinds.add(new SignatureScheme.Kind(label, algorithm, encoding));
    return this;
  }

  SignatureScheme scheme() {
    if (kinds.isEmpty()) {
      throw new IllegalStateException("no algorithm");
    }
    return new SignatureScheme(header, List.copyOf(kinds), text, time);
  }
}
