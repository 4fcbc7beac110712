package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Web Token in compact form (RFC 7519, RFC 7515): taken apart, and not yet to be believed.
 *
 * @param algorithm what the token says it is signed with; never to be followed, only compared
 * @param keyId the key it names; empty if it names none
 * @param claims the JSON of the claims
 * @param signedText what the signature covers
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Jwt(String algorithm, String keyId, byte[] claims, byte[] signedText, byte[] signature) {

  /** The longest token that is looked at, in characters. */
  static final int MAX_LENGTH = 8192;

  private static final JsonPointers HEADER = new JsonPointers(List.of("/alg", "/kid"));

  /** The token; null if the text is none, or asks for an extension ({@code crit}). */
  static @Nullable Jwt parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return null;
    }
    String[] parts = text.split("\\.", -1);
    if (parts.length != 3) {
      return null;
    }
    byte[] header = decoded(parts[0]);
    byte[] claims = decoded(parts[1]);
    byte[] signature = decoded(parts[2]);
    if (header == null || claims == null || signature == null) {
      return null;
    }
    @Nullable String[] values = JsonScanner.scan(header, HEADER);
    String algorithm = values[0];
    String keyId = values[1];
    if (algorithm == null || JsonScanner.range(header, "/crit") != null) {
      return null;
    }
    byte[] signedText =
        text.substring(0, text.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
    return new Jwt(algorithm, keyId == null ? "" : keyId, claims, signedText, signature);
  }

  /** What is to be signed for such a token. */
  static String unsigned(String algorithm, String keyId, String claims) {
    String header =
        "{\"alg\":%s,\"kid\":%s,\"typ\":\"JWT\"}"
            .formatted(JsonSplice.quoted(algorithm), JsonSplice.quoted(keyId));
    return encoded(header) + "." + encoded(claims);
  }

  private static String encoded(String json) {
    return Encoding.BASE64URL.encode(Utf8.bytes(json));
  }

  /** The bytes, if they are written in the one way that the standard allows. */
  private static byte @Nullable [] decoded(String part) {
    byte[] bytes = Encoding.BASE64URL.decode(part);
    return bytes != null && Encoding.BASE64URL.encode(bytes).equals(part) ? bytes : null;
  }

  /** Nothing: whoever holds a token may use it. */
  @Override
  public String toString() {
    return "Jwt";
  }
}
