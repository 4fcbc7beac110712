package dev.boathook.signatures;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.List;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Reads the encrypted resource data of Microsoft Graph's rich notifications. It is for the service
 * that gets the event, and that alone holds the private key: a receiver passes the data on as it
 * came.
 *
 * <p>Source: github microsoftgraph/microsoft-graph-docs-contrib,
 * change-notifications-with-resource-data.md.
 */
public final class GraphContent {

  /** The largest event that is read, in bytes. */
  public static final int MAX_BYTES = 4 << 20;

  private static final int KEY_BYTES = 32;
  private static final int IV_BYTES = 16;

  private static final List<String> MEMBERS = List.of("dataKey", "dataSignature", "data");
  private static final JsonPointers IN_EVENT = pointers("/value/0/encryptedContent/");
  private static final JsonPointers IN_ITEM = pointers("/encryptedContent/");
  private static final JsonPointers CERTIFICATE =
      new JsonPointers(
          List.of(
              "/value/0/encryptedContent/encryptionCertificateId",
              "/encryptedContent/encryptionCertificateId"));

  private GraphContent() {}

  /** What came of reading. */
  public sealed interface Content {

    /**
     * The resource.
     *
     * @param json its JSON in UTF-8
     */
    @SuppressWarnings("ArrayRecordComponent") // Goes straight to a parser.
    record Decrypted(byte[] json) implements Content {
      /** Does not tell the content. */
      @Override
      public String toString() {
        return "Decrypted";
      }
    }

    /**
     * It cannot be read, or was changed on its way.
     *
     * @param problem one sentence for a log; holds nothing of the content
     */
    record Unreadable(String problem) implements Content {}
  }

  /**
   * The {@code encryptionCertificateId} in an event, which tells the private key to use; null if
   * there is none.
   *
   * @param event as for {@link #decrypt}
   */
  public static @Nullable String certificateId(byte[] event) {
    if (event.length > MAX_BYTES) {
      return null;
    }
    @Nullable String[] found = JsonScanner.scan(event, CERTIFICATE);
    return found[0] == null ? found[1] : found[0];
  }

  /**
   * Decrypts the resource data of one event. The signature is checked before anything is decrypted
   * with the content's key.
   *
   * @param event the body of the event, with one item in {@code value}; or that item
   * @param privateKey the RSA key that belongs to the certificate of the subscription
   */
  public static Content decrypt(byte[] event, PrivateKey privateKey) {
    if (event.length > MAX_BYTES) {
      return new Content.Unreadable("the event has more than " + MAX_BYTES + " bytes");
    }
    byte[][] parts = parts(event, IN_EVENT);
    if (parts == null) {
      parts = parts(event, IN_ITEM);
    }
    if (parts == null) {
      return new Content.Unreadable("the event has no encryptedContent in base64");
    }
    byte[] key = contentKey(parts[0], privateKey);
    if (key == null) {
      return new Content.Unreadable("dataKey was not encrypted for this private key");
    }
    if (!MessageDigest.isEqual(hmac(key, parts[2]), parts[1])) {
      return new Content.Unreadable("dataSignature does not match the data");
    }
    byte[] json = decrypted(key, parts[2]);
    return json == null
        ? new Content.Unreadable("the data is not what AES-256-CBC makes")
        : new Content.Decrypted(json);
  }

  private static JsonPointers pointers(String object) {
    return new JsonPointers(MEMBERS.stream().map(member -> object + member).toList());
  }

  private static byte @Nullable [][] parts(byte[] event, JsonPointers pointers) {
    @Nullable String[] texts = JsonScanner.scan(event, pointers);
    byte[][] parts = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      String text = texts[i];
      byte[] bytes = text == null ? null : Encoding.BASE64.decode(text);
      if (bytes == null) {
        return null;
      }
      parts[i] = bytes;
    }
    return parts;
  }

  private static byte @Nullable [] contentKey(byte[] dataKey, PrivateKey privateKey) {
    try {
      Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
      rsa.init(Cipher.DECRYPT_MODE, privateKey);
      byte[] key = rsa.doFinal(dataKey);
      return key.length == KEY_BYTES ? key : null;
    } catch (BadPaddingException | IllegalBlockSizeException | InvalidKeyException e) {
      return null;
    } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
      throw new IllegalStateException("the JDK lacks RSA-OAEP", e);
    }
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks HMAC-SHA256", e);
    }
  }

  private static byte @Nullable [] decrypted(byte[] key, byte[] data) {
    try {
      Cipher aes = Cipher.getInstance("AES/CBC/PKCS5Padding");
      IvParameterSpec iv = new IvParameterSpec(Arrays.copyOf(key, IV_BYTES));
      aes.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), iv);
      return aes.doFinal(data);
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      return null;
    } catch (NoSuchAlgorithmException
        | NoSuchPaddingException
        | InvalidKeyException
        | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("the JDK lacks AES-256-CBC", e);
    }
  }
}
