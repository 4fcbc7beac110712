package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
  Contents read(Headers headers, Set<String> labels) {
    String name = present(headers);
    if (name == null) {
      return unusable(Reason.MISSING_HEADER, String.join(" or ", names) + " is missing");
    }
    List<String> lines = headers.all(name);
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

  private @Nullable String present(Headers headers) {
    for (String name : names) {
      if (headers.first(name) != null) {
        return name;
      }
    }
    return null;
  }

  private String missing(Set<String> labels) {
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
    private final Set<String> labels;
    private final List<Entry> entries = new ArrayList<>(2);
    private @Nullable String timestamp;
    private int timestamps;

    Reader(Set<String> labels) {
      this.labels = labels;
    }

    void read(String line, Format format) {
      switch (format) {
        case Format.Plain(String prefix, boolean list) -> {
          if (list) {
            items(line, ',', item -> plain(item, prefix));
          } else {
            plain(line, prefix);
          }
        }
        case Format.Labelled(String timeLabel) ->
            items(line, ',', item -> labelled(item, timeLabel));
        case Format.Versioned() -> items(line, ' ', this::versioned);
      }
    }

    private void plain(String item, String prefix) {
      if (item.startsWith(prefix) && item.length() > prefix.length()) {
        entries.add(new Entry("", item.substring(prefix.length())));
      }
    }

    private void labelled(String item, String timeLabel) {
      int equals = item.indexOf('=');
      if (equals < 0) {
        return;
      }
      String label = item.substring(0, equals);
      if (label.equals(timeLabel)) {
        timestamp = item.substring(equals + 1);
        timestamps++;
      } else if (labels.contains(label)) {
        entries.add(new Entry(label, item.substring(equals + 1)));
      }
    }

    private void versioned(String item) {
      int comma = item.indexOf(',');
      if (comma >= 0 && labels.contains(item.substring(0, comma))) {
        entries.add(new Entry(item.substring(0, comma), item.substring(comma + 1)));
      }
    }

    /**
     * Hands on the items of a list, without the white space around them; empty ones are skipped.
     */
    private static void items(
        String line, char separator, java.util.function.Consumer<String> use) {
      int from = 0;
      while (from <= line.length()) {
        int to = line.indexOf(separator, from);
        if (to < 0) {
          to = line.length();
        }
        String item = line.substring(from, to).strip();
        if (!item.isEmpty()) {
          use.accept(item);
        }
        from = to + 1;
      }
    }
  }
}
