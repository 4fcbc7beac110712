package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How a secret's text becomes the bytes of a key. */
enum KeyForm {
  /** The characters as they are, in UTF-8, even if they look like hex or base64. */
  TEXT {
    @Override
    byte[] bytes(String secret) {
      return secret.getBytes(StandardCharsets.UTF_8);
    }
  },

  /** Hex digits of any case. */
  HEX {
    @Override
    byte[] bytes(String secret) {
      return decoded(Encoding.HEX.decode(secret), "is not hex");
    }
  },

  /** Base64, with or without padding. */
  BASE64 {
    @Override
    byte[] bytes(String secret) {
      return decoded(Encoding.BASE64.decode(secret), "is not base64");
    }
  },

  /** {@code whsec_} and base64. The prefix may be missing, as the reference libraries allow. */
  WHSEC {
    @Override
    byte[] bytes(String secret) {
      String base64 =
          secret.startsWith(StandardWebhooks.SECRET_PREFIX)
              ? secret.substring(StandardWebhooks.SECRET_PREFIX.length())
              : secret;
      return decoded(Encoding.BASE64.decode(base64), "is not 'whsec_' and base64");
    }
  };

  /**
   * The key.
   *
   * @throws InvalidSecret with a message that begins with a verb
   */
  abstract byte[] bytes(String secret);

  private static byte[] decoded(byte @Nullable [] bytes, String problem) {
    if (bytes == null) {
      throw new InvalidSecret(problem);
    }
    if (bytes.length == 0) {
      throw new InvalidSecret("holds no bytes");
    }
    return bytes;
  }
}
