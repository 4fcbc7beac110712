package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class GraphContentTest {
  private static final String RESOURCE = "{\"subject\":\"Tides of Texel\",\"from\":\"Zoë\"}";
  private static final KeyPair PAIR = rsa();
  private static final KeyPair OTHER = rsa();
  private static final byte[] KEY = key();

  private static KeyPair rsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] key() {
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (7 * i + 1);
    }
    return key;
  }

  /** Encrypts as Microsoft's documentation says that Graph does. */
  private static byte[][] encrypted(String resource, byte[] key, PublicKey publicKey) {
    try {
      Cipher aes = Cipher.getInstance("AES/CBC/PKCS5Padding");
      aes.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key, "AES"),
          new IvParameterSpec(Arrays.copyOf(key, 16)));
      byte[] data = aes.doFinal(resource.getBytes(StandardCharsets.UTF_8));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPWithSHA-1AndMGF1Padding");
      rsa.init(Cipher.ENCRYPT_MODE, publicKey);
      return new byte[][] {data, mac.doFinal(data), rsa.doFinal(key)};
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String item(byte[][] parts) {
    Base64.Encoder base64 = Base64.getEncoder();
    return ("{\"id\":\"1\",\"encryptedContent\":{\"data\":\"%s\",\"dataSignature\":\"%s\","
            + "\"dataKey\":\"%s\",\"encryptionCertificateId\":\"cert-7\"}}")
        .formatted(
            base64.encodeToString(parts[0]),
            base64.encodeToString(parts[1]),
            base64.encodeToString(parts[2]));
  }

  private static byte[] event(byte[][] parts) {
    return ("{\"value\":[" + item(parts) + "],\"validationTokens\":[\"a.b.c\"]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static GraphContent.Content decrypted(byte[] event) {
    return GraphContent.decrypt(event, PAIR.getPrivate());
  }

  private static void assertUnreadable(byte[] event, String problem) {
    assertThat(decrypted(event)).isEqualTo(new GraphContent.Content.Unreadable(problem));
  }

  @Test
  void the_resource_of_an_event_and_of_an_item_is_read() {
    byte[][] parts = encrypted(RESOURCE, KEY, PAIR.getPublic());
    byte[] item = item(parts).getBytes(StandardCharsets.UTF_8);
    for (byte[] event : new byte[][] {event(parts), item}) {
      assertThat(GraphContent.certificateId(event)).isEqualTo("cert-7");
      assertThat(decrypted(event))
          .isInstanceOfSatisfying(
              GraphContent.Content.Decrypted.class,
              content ->
                  assertThat(new String(content.json(), StandardCharsets.UTF_8))
                      .isEqualTo(RESOURCE));
    }
  }

  @Test
  void what_was_changed_is_not_decrypted() {
    for (int part = 0; part < 2; part++) {
      byte[][] parts = encrypted(RESOURCE, KEY, PAIR.getPublic());
      for (int i = 0; i < parts[part].length; i++) {
        parts[part][i] ^= 1;
        assertUnreadable(event(parts), "dataSignature does not match the data");
        parts[part][i] ^= 1;
      }
    }
    byte[][] parts = encrypted(RESOURCE, KEY, PAIR.getPublic());
    parts[2][5] ^= 1;
    assertUnreadable(event(parts), "dataKey was not encrypted for this private key");
  }

  @Test
  void what_was_encrypted_for_another_key_or_in_another_way_is_unreadable() {
    assertUnreadable(
        event(encrypted(RESOURCE, KEY, OTHER.getPublic())),
        "dataKey was not encrypted for this private key");
    assertUnreadable(
        event(encrypted(RESOURCE, Arrays.copyOf(KEY, 16), PAIR.getPublic())),
        "dataKey was not encrypted for this private key");
  }

  @Test
  void an_event_without_such_content_is_unreadable() {
    String none = "the event has no encryptedContent in base64";
    byte[][] parts = encrypted(RESOURCE, KEY, PAIR.getPublic());
    String event = new String(event(parts), StandardCharsets.UTF_8);
    for (String odd :
        new String[] {
          "",
          "{}",
          "{\"value\":[{\"id\":\"1\"}]}",
          event.substring(1),
          event.replace("\"dataKey\"", "\"otherKey\""),
          event.replace("\"data\":\"", "\"data\":\"*")
        }) {
      assertUnreadable(odd.getBytes(StandardCharsets.UTF_8), none);
    }
    assertThat(GraphContent.certificateId("{}".getBytes(StandardCharsets.UTF_8))).isNull();
    byte[] large = Arrays.copyOf(event(parts), GraphContent.MAX_BYTES + 1);
    assertUnreadable(large, "the event has more than 4194304 bytes");
  }

  @Test
  void the_content_is_not_told_by_its_text() {
    assertThat(decrypted(event(encrypted(RESOURCE, KEY, PAIR.getPublic()))))
        .hasToString("Decrypted");
  }
}
