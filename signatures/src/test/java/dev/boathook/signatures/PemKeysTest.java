package dev.boathook.signatures;

import static dev.boathook.signatures.PemKeys.Kind.EC;
import static dev.boathook.signatures.PemKeys.Kind.RSA;
import static dev.boathook.signatures.TestingKeys.EC_PUBLIC;
import static dev.boathook.signatures.TestingKeys.RSA_CERTIFICATE;
import static dev.boathook.signatures.TestingKeys.RSA_OTHER_PUBLIC;
import static dev.boathook.signatures.TestingKeys.RSA_PRIVATE;
import static dev.boathook.signatures.TestingKeys.RSA_PUBLIC;
import static dev.boathook.signatures.TestingKeys.bare;
import static dev.boathook.signatures.TestingKeys.pem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.PublicKey;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PemKeysTest {

  private static void refused(ThrowingCallable read, String message) {
    assertThatThrownBy(read).isInstanceOf(InvalidSecret.class).hasMessage(message);
  }

  @Test
  void a_key_is_the_same_in_every_form() {
    PublicKey key = PemKeys.publicKey(RSA_PUBLIC, RSA);
    assertThat(PemKeys.publicKey(bare(RSA_PUBLIC), RSA)).isEqualTo(key);
    assertThat(PemKeys.publicKey(RSA_CERTIFICATE, RSA)).isEqualTo(key);
    assertThat(PemKeys.publicKey(RSA_PUBLIC.replace("\n", " "), RSA)).isEqualTo(key);
    assertThat(PemKeys.publicKey(RSA_PUBLIC.replace("\n", "\r\n"), RSA)).isEqualTo(key);
    assertThat(PemKeys.publicKey("Our key:\n" + RSA_PUBLIC + "\nThe end.", RSA)).isEqualTo(key);
    assertThat(PemKeys.publicKey(bare(EC_PUBLIC), EC)).isEqualTo(PemKeys.publicKey(EC_PUBLIC, EC));
  }

  @Test
  void several_keys_stand_in_one_text_where_that_is_allowed() {
    String two = RSA_PUBLIC + "\n" + RSA_OTHER_PUBLIC;
    assertThat(PemKeys.publicKeys(two, RSA))
        .containsExactly(
            PemKeys.publicKey(RSA_PUBLIC, RSA), PemKeys.publicKey(RSA_OTHER_PUBLIC, RSA));
    refused(() -> PemKeys.publicKey(two, RSA), "holds more than one key");
    refused(
        () -> PemKeys.publicKeys(EC_PUBLIC.repeat(9), EC),
        "holds more than 8 keys or certificates");
  }

  @Test
  void keys_of_another_kind_or_size_are_refused() {
    String rsa = "is not an RSA key of 2048 to 8192 bits";
    refused(() -> PemKeys.publicKey(EC_PUBLIC, RSA), rsa);
    refused(() -> PemKeys.publicKey(pem("rsa-1024-public"), RSA), rsa);
    refused(() -> PemKeys.privateKey(pem("ec-private"), RSA), rsa);
    String ec = "is not an elliptic curve key on P-256";
    refused(() -> PemKeys.publicKey(RSA_PUBLIC, EC), ec);
    refused(() -> PemKeys.publicKey(RSA_CERTIFICATE, EC), ec);
    refused(() -> PemKeys.publicKey(pem("ec-p384-public"), EC), ec);
  }

  @Test
  void blocks_of_another_kind_are_refused_without_repeating_them() {
    refused(
        () -> PemKeys.publicKey(RSA_PRIVATE, RSA),
        "holds a block PRIVATE KEY where PUBLIC KEY or CERTIFICATE must be");
    refused(
        () -> PemKeys.privateKey(RSA_PUBLIC, RSA),
        "holds a block PUBLIC KEY where PRIVATE KEY (PKCS#8) must be");
    refused(
        () -> PemKeys.privateKey(pem("rsa-pkcs1-private"), RSA),
        "holds a block of another kind where PRIVATE KEY (PKCS#8) must be");
    refused(
        () -> PemKeys.certificates(RSA_PUBLIC),
        "holds a block PUBLIC KEY where CERTIFICATE must be");
  }

  @Test
  void what_is_no_key_is_refused() {
    String neither = "is neither PEM nor the base64 of a public key";
    refused(() -> PemKeys.publicKey("whsec_abc!", RSA), neither);
    refused(() -> PemKeys.publicKey("", RSA), neither);
    refused(() -> PemKeys.publicKey("QUJD", RSA), "is not an RSA key of 2048 to 8192 bits");
    refused(() -> PemKeys.publicKey("QUJD", EC), "is not an elliptic curve key on P-256");
    refused(
        () -> PemKeys.publicKey("-----BEGIN PUBLIC KEY", RSA),
        "has a BEGIN line that does not end");
    refused(
        () -> PemKeys.publicKey(RSA_PUBLIC.substring(0, 400), RSA),
        "has a BEGIN line without its END line");
    refused(
        () -> PemKeys.certificates(RSA_CERTIFICATE.replaceFirst("(?s)MII.*=\n", "QUJD\n")),
        "holds a certificate that cannot be read");
    refused(() -> PemKeys.publicKey(" ".repeat(32_769), RSA), "has more than 32768 characters");
  }

  @Test
  void a_certificate_is_read_whole() {
    assertThat(PemKeys.certificates(RSA_CERTIFICATE))
        .singleElement()
        .satisfies(certificate ->
            assertThat(certificate.getSubjectX500Principal().getName())
                .isEqualTo("CN=example.com"));
  }
}
