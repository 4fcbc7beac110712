package dev.boathook.signatures;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The Standard Webhooks scheme for those who send. The provider {@code standard-webhooks} is its
 * receiving side.
 *
 * <p>Source: github standard-webhooks/standard-webhooks, spec/standard-webhooks.md 1.0.0.
 */
public final class StandardWebhooks {

  /** The header of the message's id, the same on every attempt. */
  public static final String ID_HEADER = "webhook-id";

  /** The header of the attempt's time in Unix seconds. */
  public static final String TIMESTAMP_HEADER = "webhook-timestamp";

  /** The header of the signatures, separated by spaces. */
  public static final String SIGNATURE_HEADER = "webhook-signature";

  /** The fewest random bytes of a secret. */
  public static final int MIN_SECRET_BYTES = 24;

  /** The most random bytes of a secret. */
  public static final int MAX_SECRET_BYTES = 64;

  static final String SECRET_PREFIX = "whsec_";
  static final String PRIVATE_KEY_PREFIX = "whsk_";
  static final String PUBLIC_KEY_PREFIX = "whpk_";

  /**
   * {@code v1} (HMAC) with {@code whsec_} secrets, {@code v1a} (Ed25519) with {@code whpk_} keys.
   */
  static final SignatureScheme SCHEME =
      scheme(ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER, KeyForm.WHSEC);

  private StandardWebhooks() {}

  /** The same scheme with other names of headers, or keys that are written in another way. */
  static SignatureScheme scheme(String id, String timestamp, String signature, KeyForm form) {
    return SignatureBuilder.inVersionedHeader(signature)
        .idInHeader(id)
        .timeInHeader(timestamp)
        .over("{id}.{timestamp}.{body}")
        .with("v1a", Ed25519.WHPK, Encoding.BASE64)
        .with("v1", new Hmac(Hmac.Hash.SHA256, form), Encoding.BASE64)
        .scheme();
  }

  /**
   * A signer that signs with every one of these secrets, in this order, so that a receiver may hold
   * any one of them during a rotation.
   *
   * @param secrets 1 to {@value Provider#MAX_SECRETS} of {@code whsec_…} (giving {@code v1}) and
   *     {@code whsk_…} (Ed25519, giving {@code v1a})
   * @throws InvalidSecret if there are none or too many, or one is in neither form
   */
  public static Signer.OfHeaders signer(List<String> secrets) {
    return SCHEME.signer(secrets);
  }

  /**
   * Checks a secret of either kind that another chose to sign with: as {@link
   * #checkSymmetricSecret}, or {@code whsk_} and the base64 of an Ed25519 key's seed and public
   * key.
   *
   * @throws InvalidSecret if it is in any other form, with a message that begins with a verb
   */
  public static void checkSecret(String secret) {
    if (secret.startsWith(PRIVATE_KEY_PREFIX)) {
      Ed25519.WHPK.key(secret).requireSigning();
    } else {
      checkSymmetricSecret(secret);
    }
  }

  /**
   * What receivers of {@code v1a} verify with.
   *
   * @param secret one that signs
   * @return {@code whpk_…}; empty for a secret that both sides share
   */
  public static Optional<String> publicKey(String secret) {
    if (!secret.startsWith(PRIVATE_KEY_PREFIX)) {
      return Optional.empty();
    }
    byte[] pair = Base64.getDecoder().decode(secret.substring(PRIVATE_KEY_PREFIX.length()));
    byte[] open = Arrays.copyOfRange(pair, pair.length / 2, pair.length);
    return Optional.of(PUBLIC_KEY_PREFIX + Base64.getEncoder().encodeToString(open));
  }

  /**
   * Checks a secret that another chose to sign with. Verifiers take more than this, since the
   * sender's word counts there; whoever signs cannot know how strict the receivers are.
   *
   * @param secret {@code whsec_} and the base64, padded, of {@value #MIN_SECRET_BYTES} to {@value
   *     #MAX_SECRET_BYTES} bytes
   * @throws InvalidSecret if it is in any other form, with a message that begins with a verb
   */
  public static void checkSymmetricSecret(String secret) {
    String wanted =
        "'%s' and the base64 of %d to %d bytes"
            .formatted(SECRET_PREFIX, MIN_SECRET_BYTES, MAX_SECRET_BYTES);
    if (Ed25519.WHPK.takes(secret)) {
      throw new InvalidSecret("is an Ed25519 key; give " + wanted);
    }
    byte[] bytes =
        secret.startsWith(SECRET_PREFIX)
            ? Encoding.BASE64.decode(secret.substring(SECRET_PREFIX.length()))
            : null;
    if (bytes == null
        || bytes.length < MIN_SECRET_BYTES
        || bytes.length > MAX_SECRET_BYTES
        || !secret.equals(newSecret(bytes))) {
      throw new InvalidSecret("is not " + wanted);
    }
  }

  /**
   * A {@code whsec_…} secret of these random bytes.
   *
   * @throws IllegalArgumentException unless there are {@value #MIN_SECRET_BYTES} to {@value
   *     #MAX_SECRET_BYTES} bytes
   */
  public static String newSecret(byte[] random) {
    if (random.length < MIN_SECRET_BYTES || random.length > MAX_SECRET_BYTES) {
      throw new IllegalArgumentException(
          "a secret has " + MIN_SECRET_BYTES + " to " + MAX_SECRET_BYTES + " bytes");
    }
    return SECRET_PREFIX + Base64.getEncoder().encodeToString(random);
  }

  /** A {@code whsk_…} secret with a new Ed25519 key of this randomness. */
  public static String newPrivateKey(SecureRandom random) {
    return PRIVATE_KEY_PREFIX + Base64.getEncoder().encodeToString(Ed25519.newPair(random));
  }
}
