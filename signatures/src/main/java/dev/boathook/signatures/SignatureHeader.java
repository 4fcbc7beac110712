package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header that holds the signatures, and how it is written. It may stand on several lines, each
 * with signatures of its own.
 *
 * @param names alternatives; the first that is present counts, and a signer writes the last
 */
record SignatureHeader(List<String> names, Format format) {

  /** The most signatures in one request. */
  static final int MAX_SIGNATURES = 16;

  /** The most characters of the header, all its lines together. */
  static final int MAX_HEADER_LENGTH = 8192;

  /** How the value of the header is written. */
  sealed interface Format {

    /**
     * A prefix and the signature, as {@code sha256=…}. Signatures have no label.
     *
     * @param list whether several may stand on one line, separated by commas
     */
    record Plain(String prefix, boolean list) implements Format {}

    /**
     * {@code t=1700000000,v1=…,v1=…}: labels and values, one label for the time.
     *
     * @param timeLabel the label of the time
     */
    record Labelled(String timeLabel) implements Format {}

    /** {@code v1,… v1a,…}: versions and signatures, separated by spaces. */
    record Versioned() implements Format {}
  }

  /** One signature as it was written. */
  record Entry(String label, String value) {}

  /** What stands in the header. */
  sealed interface Contents {

    /** Signatures with the labels that were asked for, at least one, and the time if any. */
    record Signatures(List<Entry> entries, @Nullable String timestamp) implements Contents {}

    /** Nothing to go by. */
    record Unusable(Verdict.Rejected verdict) implements Contents {}
  }

  /** The header's name in what is signed and in messages. */
  String name() {
    return names.getLast();
  }

  /** Reads the header. Entries with other labels are not looked at. */
  Contents read(Headers headers, List<String> labels) {
    String name = "";
    List<String> lines = List.of();
    for (int i = 0; i < names.size() && lines.isEmpty(); i++) {
      name = names.get(i);
      lines = headers.all(name);
    }
    if (lines.isEmpty()) {
      return unusable(Reason.MISSING_HEADER, String.join(" or ", names) + " is missing");
    }
    Reader reader = new Reader(labels);
    int length = 0;
    for (String line : lines) {
      length += line.length();
      if (length > MAX_HEADER_LENGTH) {
        return unusable(
            Reason.MALFORMED_HEADER, name + " is longer than " + MAX_HEADER_LENGTH + " characters");
      }
      reader.read(line, format);
    }
    if (reader.timestamps > 1) {
      return unusable(Reason.MALFORMED_HEADER, name + " states more than one time");
    }
    if (reader.entries.size() > MAX_SIGNATURES) {
      return unusable(
          Reason.TOO_MANY_SIGNATURES, name + " holds more than " + MAX_SIGNATURES + " signatures");
    }
    if (reader.entries.isEmpty()) {
      return unusable(Reason.NO_ACCEPTED_SIGNATURE, name + missing(labels));
    }
    return new Contents.Signatures(reader.entries, reader.timestamp);
  }

  /** The value of the header with these signatures. */
  String write(List<Entry> entries, @Nullable String timestamp) {
    StringBuilder value = new StringBuilder();
    switch (format) {
      case Format.Plain(String prefix, boolean list) -> {
        if (!list && entries.size() > 1) {
          throw new IllegalArgumentException(name() + " holds one signature");
        }
        for (Entry entry : entries) {
          value.append(value.isEmpty() ? "" : ",").append(prefix).append(entry.value);
        }
      }
      case Format.Labelled(String timeLabel) -> {
        value.append(timeLabel).append('=').append(timestamp);
        for (Entry entry : entries) {
          value.append(',').append(entry.label).append('=').append(entry.value);
        }
      }
      case Format.Versioned() -> {
        for (Entry entry : entries) {
          value.append(value.isEmpty() ? "" : " ").append(entry.label).append(',');
          value.append(entry.value);
        }
      }
    }
    return value.toString();
  }

  private String missing(List<String> labels) {
    return switch (format) {
      case Format.Plain(String prefix, boolean _) ->
          prefix.isEmpty() ? " is empty" : " does not begin with '" + prefix + "'";
      case Format.Labelled _, Format.Versioned _ ->
          " has no " + String.join(" or ", labels) + " entry";
    };
  }

  private static Contents unusable(Reason reason, String detail) {
    return new Contents.Unusable(new Verdict.Rejected(reason, detail));
  }

  /** Collects what the lines of one header hold. */
  private static final class Reader {
    private final List<String> labels;
    private final List<Entry> entries = new ArrayList<>(2);
    private @Nullable String timestamp;
    private int timestamps;

    Reader(List<String> labels) {
      this.labels = labels;
    }

    void read(String line, Format format) {
      switch (format) {
        case Format.Plain(String prefix, boolean list) -> {
          if (list) {
            items(line, ',', format);
          } else {
            plain(line, 0, line.length(), prefix);
          }
        }
        case Format.Labelled _ -> items(line, ',', format);
        case Format.Versioned _ -> items(line, ' ', format);
      }
    }

    /** Reads the items of a list, without the white space around them; empty ones are skipped. */
    private void items(String line, char separator, Format format) {
      int start = 0;
      while (start < line.length()) {
        int end = line.indexOf(separator, start);
        if (end < 0) {
          end = line.length();
        }
        int from = start;
        int to = end;
        while (from < to && isSpace(line.charAt(from))) {
          from++;
        }
        while (from < to && isSpace(line.charAt(to - 1))) {
          to--;
        }
        switch (format) {
          case Format.Plain(String prefix, boolean _) -> plain(line, from, to, prefix);
          case Format.Labelled(String timeLabel) -> labelled(line, from, to, timeLabel);
          case Format.Versioned() -> entry(line, from, to, ',');
        }
        start = end + 1;
      }
    }

    private void plain(String line, int from, int to, String prefix) {
      int after = from + prefix.length();
      if (after < to && line.startsWith(prefix, from)) {
        entries.add(new Entry("", line.substring(after, to)));
      }
    }

    private void labelled(String line, int from, int to, String timeLabel) {
      if (isLabelled(line, from, to, timeLabel, '=')) {
        timestamp = line.substring(from + timeLabel.length() + 1, to);
        timestamps++;
      } else {
        entry(line, from, to, '=');
      }
    }

    private void entry(String line, int from, int to, char separator) {
      for (String label : labels) {
        if (isLabelled(line, from, to, label, separator)) {
          entries.add(new Entry(label, line.substring(from + label.length() + 1, to)));
          return;
        }
      }
    }

    private static boolean isLabelled(String line, int from, int to, String label, char separator) {
      int at = from + label.length();
      return at < to && line.startsWith(label, from) && line.charAt(at) == separator;
    }

    private static boolean isSpace(char c) {
      return c == ' ' || c == '\t';
    }
  }
}
