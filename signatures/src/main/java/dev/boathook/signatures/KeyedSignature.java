package dev.boathook.signatures;

import java.util.List;

/** Where a signature stands together with the name of the key that made it. */
sealed interface KeyedSignature {

  /** What stands there. */
  sealed interface Contents {
    /** A signature and its key's name, as they were written, neither of them empty. */
    record Entry(String keyName, String signature) implements Contents {}

    /** Nothing at all. */
    record Absent() implements Contents {}

    /** Nothing to go by. */
    record Unusable(Verdict.Rejected verdict) implements Contents {}
  }

  /** The header that the signature stands in. */
  String header();

  /** Reads the signature. */
  Contents read(Headers headers);

  /** The header lines with this signature and the name that stands for a key of our own. */
  Headers write(String signature);

  /**
   * Each in a header of its own, that must occur once; one without the other is malformed.
   *
   * @param sampleKey the name that a signer of ours writes
   */
  record InHeaders(String header, String keyHeader, String sampleKey) implements KeyedSignature {

    @Override
    public Contents read(Headers headers) {
      String signature = headers.first(header);
      String key = headers.first(keyHeader);
      if (signature == null && key == null) {
        return new Contents.Absent();
      }
      if (signature == null || key == null) {
        return unusable(
            Reason.MISSING_HEADER, (signature == null ? header : keyHeader) + " is missing");
      }
      for (String name : List.of(header, keyHeader)) {
        if (headers.count(name) > 1) {
          return unusable(Reason.MALFORMED_HEADER, name + " occurs more than once");
        }
      }
      return entry(header, key, signature);
    }

    @Override
    public Headers write(String signature) {
      return Headers.of(keyHeader, sampleKey, header, signature);
    }
  }

  /**
   * Both in one header as {@code label=value} pairs, separated by commas, with or without quotes
   * around the values.
   *
   * @param sampleKey the name that a signer of ours writes
   * @param more what a signer of ours writes between the two
   */
  record InPairs(
      String header, String keyLabel, String signatureLabel, String sampleKey, String more)
      implements KeyedSignature {

    @Override
    public Contents read(Headers headers) {
      String value = headers.first(header);
      if (value == null) {
        return new Contents.Absent();
      }
      if (headers.count(header) > 1 || value.length() > SignatureHeader.MAX_HEADER_LENGTH) {
        return unusable(Reason.MALFORMED_HEADER, header + " occurs more than once or is too long");
      }
      String key = null;
      String signature = null;
      for (String pair : value.split(",", -1)) {
        String text = pair.strip();
        if (text.startsWith(keyLabel + "=")) {
          if (key != null) {
            return unusable(Reason.MALFORMED_HEADER, header + " names more than one key");
          }
          key = unquoted(text.substring(keyLabel.length() + 1));
        } else if (text.startsWith(signatureLabel + "=")) {
          if (signature != null) {
            return unusable(Reason.TOO_MANY_SIGNATURES, header + " holds several signatures");
          }
          signature = unquoted(text.substring(signatureLabel.length() + 1));
        }
      }
      if (key == null || signature == null) {
        return unusable(
            Reason.NO_ACCEPTED_SIGNATURE,
            header + " has no " + (key == null ? keyLabel : signatureLabel));
      }
      return entry(header, key, signature);
    }

    @Override
    public Headers write(String signature) {
      return Headers.of(
          header,
          keyLabel + "=" + sampleKey + ", " + more + ", " + signatureLabel + "=" + signature);
    }

    private static String unquoted(String text) {
      boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
      return quoted ? text.substring(1, text.length() - 1) : text;
    }
  }

  private static Contents entry(String header, String key, String signature) {
    if (signature.isEmpty()) {
      return unusable(Reason.NO_ACCEPTED_SIGNATURE, header + " is empty");
    }
    int max = SignatureHeader.MAX_HEADER_LENGTH;
    if (key.isEmpty() || key.length() > max || signature.length() > max) {
      return unusable(
          Reason.MALFORMED_HEADER,
          "the key's name is empty, or longer than " + max + " characters");
    }
    return new Contents.Entry(key, signature);
  }

  private static Contents unusable(Reason reason, String detail) {
    return new Contents.Unusable(new Verdict.Rejected(reason, detail));
  }
}
