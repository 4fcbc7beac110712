package dev.boathook.signatures;

import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** How bytes are written as text. Reading takes missing base64 padding. */
enum Encoding {
  /** Hex of any case, written in lower case. */
  HEX("hex characters") {
    @Override
    String encode(byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }

    @Override
    byte @Nullable [] decode(String text) {
      try {
        return HexFormat.of().parseHex(text);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    @Override
    int minChars(int bytes) {
      return 2 * bytes;
    }

    @Override
    int maxChars(int bytes) {
      return 2 * bytes;
    }
  },

  /**
   * Hex in upper case, and in no other, so that a signature can be written in one way only: for
   * those who tell events apart by it.
   */
  UPPER_HEX("upper-case hex characters") {
    @Override
    String encode(byte[] bytes) {
      return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    @Override
    byte @Nullable [] decode(String text) {
      byte[] bytes = HEX.decode(text);
      return bytes != null && encode(bytes).equals(text) ? bytes : null;
    }

    @Override
    int minChars(int bytes) {
      return HEX.minChars(bytes);
    }

    @Override
    int maxChars(int bytes) {
      return HEX.maxChars(bytes);
    }
  },

  BASE64("base64 characters") {
    @Override
    String encode(byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    byte @Nullable [] decode(String text) {
      return base64(Base64.getDecoder(), text);
    }

    @Override
    int minChars(int bytes) {
      return unpadded(bytes);
    }

    @Override
    int maxChars(int bytes) {
      return padded(bytes);
    }
  },

  BASE64URL("base64url characters") {
    @Override
    String encode(byte[] bytes) {
      return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    byte @Nullable [] decode(String text) {
      return base64(Base64.getUrlDecoder(), text);
    }

    @Override
    int minChars(int bytes) {
      return unpadded(bytes);
    }

    @Override
    int maxChars(int bytes) {
      return padded(bytes);
    }
  };

  private final String characters;

  Encoding(String characters) {
    this.characters = characters;
  }

  abstract String encode(byte[] bytes);

  /** The bytes, or null if the text is in any way not of this encoding. */
  abstract byte @Nullable [] decode(String text);

  /** The fewest characters that so many bytes need. */
  abstract int minChars(int bytes);

  /** The most characters that so many bytes need. */
  abstract int maxChars(int bytes);

  /** What a text of this encoding consists of, for messages. */
  String characters() {
    return characters;
  }

  private static byte @Nullable [] base64(Base64.Decoder decoder, String text) {
    try {
      return decoder.decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static int padded(int bytes) {
    return (bytes + 2) / 3 * 4;
  }

  private static int unpadded(int bytes) {
    return (bytes * 4 + 2) / 3;
  }
}
