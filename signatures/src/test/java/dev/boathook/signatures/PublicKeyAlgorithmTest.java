package dev.boathook.signatures;

import static dev.boathook.signatures.PublicKeyAlgorithm.ECDSA_P256_SHA256;
import static dev.boathook.signatures.PublicKeyAlgorithm.RSA_SHA1;
import static dev.boathook.signatures.PublicKeyAlgorithm.RSA_SHA256;
import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.assertVerified;
import static dev.boathook.signatures.Requests.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PublicKeyAlgorithmTest {
  private static final String BODY = "{\"id\":\"1\"}";
  private static final SignedText.Content CONTENT = sink -> sink.update(Utf8.bytes(BODY));

  /** Made with openssl dgst -sign over {@link #BODY}. */
  private static final String RSA_SHA256_SIGNATURE =
      "muQ2zQAaE7uPslmXlKwmORhXVj747MBIRQQfc8RRyfTaEnO5g/J/kkni+6mAbzg0jh/KZep3WnLqLL9A"
          + "07Jqa1T+gKISMkjJ2sKfzJ8ot0MhbhDtYcEkv0Kw/LFOTjA0OLJzBqtiXaj/QKh3fdFQeUB7GKYTrdJR"
          + "xp3C9VeFgmJci8X9u899KMTA/6DSQHg4pJkezi63UhdLHJBz5uPaNDfmM/vpYvbUEvi79zSYLVAysXW7"
          + "r/GJZdtu6ochzXiXbnw3zgL3HxyP9IfO2mgROznY4HZG1BEoHhuL6ZRVKx6/iNq90RSe0XD5ctHAfxRX"
          + "0/PXDggp5dhYBhflWOIcPA==";

  private static final String RSA_SHA1_SIGNATURE =
      "nbYIwTV7Jgr57sQEM3t3PTAtzCFPrRKJ9YkcbmyrXwUQQpnTOUNYz5CUBs7MY86hYS1eli5jaX8Ao6io"
          + "G/NmmTut6Vwhr1kMfEcAMNU8ZYUGVn2TEhU9YiThasuANWj0S/iqK2CVixYqD0k/I1NWEaiHzshds7Ek"
          + "A+DK9wG9NJxxbHKzoYNK0MAT9wyGXmQlOLL7XrfCOpCjO/qEmTVYOZxpHu+8gzSqoqEHv6JNDm8Msld8"
          + "AQin7ZxocHCXOkSWuEnYw+4ycRWh5vuJYPWjD+eSqKIVVqwoKHuVhWp6Gp41wlvNJCIRUbSfbx3rodOv"
          + "d/RdSGungYmi75XV5pedRw==";

  private static final String ECDSA_SIGNATURE =
      "MEYCIQC1X9sI/9U6L1A+r1HKxkMzgbBwiJ9XamHRSlPfvwHPsgIhAJetBu8TRJdrLO9mKH7Tf3dNYnC+"
          + "pRM4S1QSZ7m3EtB8";

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static byte[] byOpenssl(PublicKeyAlgorithm algorithm) {
    return bytes(
        switch (algorithm) {
          case RSA_SHA256 -> RSA_SHA256_SIGNATURE;
          case RSA_SHA1 -> RSA_SHA1_SIGNATURE;
          case ECDSA_P256_SHA256 -> ECDSA_SIGNATURE;
        });
  }

  private static String publicKey(PublicKeyAlgorithm algorithm) {
    return algorithm.kind() == PemKeys.Kind.RSA ? TestingKeys.RSA_PUBLIC : TestingKeys.EC_PUBLIC;
  }

  private static String privateKey(PublicKeyAlgorithm algorithm) {
    return algorithm.kind() == PemKeys.Kind.RSA ? TestingKeys.RSA_PRIVATE : TestingKeys.EC_PRIVATE;
  }

  @ParameterizedTest
  @EnumSource
  void what_openssl_signs_is_verified(PublicKeyAlgorithm algorithm) {
    byte[] signature = byOpenssl(algorithm);
    Algorithm.Check check = algorithm.key(publicKey(algorithm)).over(CONTENT);
    assertThat(check.matches(signature)).isTrue();
    assertThat(signature)
        .hasSizeBetween(algorithm.minSignatureBytes(), algorithm.maxSignatureBytes());
    for (int i = 0; i < signature.length; i++) {
      byte[] changed = signature.clone();
      changed[i] ^= 1;
      assertThat(check.matches(changed)).as("byte %d", i).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_is_no_signature_does_not_match(PublicKeyAlgorithm algorithm) {
    Algorithm.Check check = algorithm.key(publicKey(algorithm)).over(CONTENT);
    for (int length : new int[] {0, 1, 8, 70, 72, 255, 256, 257, 1024}) {
      assertThat(check.matches(new byte[length])).isFalse();
    }
    assertThat(algorithm.key(publicKey(algorithm)).over(_ -> {}).matches(byOpenssl(algorithm)))
        .isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void what_is_signed_is_verified(PublicKeyAlgorithm algorithm) {
    byte[] signature = algorithm.key(privateKey(algorithm)).sign(CONTENT);
    assertThat(algorithm.key(publicKey(algorithm)).over(CONTENT).matches(signature)).isTrue();
  }

  @Test
  void a_public_key_cannot_sign_and_a_private_one_verifies_if_it_holds_the_public_one() {
    assertThatThrownBy(() -> ECDSA_P256_SHA256.key(TestingKeys.EC_PUBLIC).requireSigning())
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("is a public key, which cannot sign");
    assertThatThrownBy(() -> ECDSA_P256_SHA256.key(TestingKeys.EC_PRIVATE).requireVerifying())
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("is a private key, which cannot verify");
    AsymmetricKey rsa = RSA_SHA256.key(TestingKeys.RSA_PRIVATE);
    assertThat(rsa.over(CONTENT).matches(bytes(RSA_SHA256_SIGNATURE))).isTrue();
    assertThat(rsa).hasToString("AsymmetricKey");
  }

  @Test
  void a_signature_of_another_hash_or_key_does_not_match() {
    assertThat(
            RSA_SHA256.key(TestingKeys.RSA_PUBLIC).over(CONTENT).matches(bytes(RSA_SHA1_SIGNATURE)))
        .isFalse();
    assertThat(
            RSA_SHA1
                .key(TestingKeys.RSA_OTHER_PUBLIC)
                .over(CONTENT)
                .matches(bytes(RSA_SHA1_SIGNATURE)))
        .isFalse();
  }

  @Test
  void a_scheme_verifies_with_the_public_key_and_checks_few_signatures() {
    SignatureScheme scheme =
        SignatureBuilder.inHeaderList("", "X-Signature")
            .with(ECDSA_P256_SHA256, Encoding.BASE64)
            .scheme();
    Verifier verifier = scheme.verifier(List.of(TestingKeys.EC_PUBLIC), RemoteKeys.NONE);
    assertVerified(verifier.verify(post(BODY, "X-Signature", ECDSA_SIGNATURE), Instant.EPOCH));
    assertRejected(
        verifier.verify(post(BODY + " ", "X-Signature", ECDSA_SIGNATURE), Instant.EPOCH),
        Reason.NO_MATCHING_SIGNATURE);
    String five = Collections.nCopies(5, ECDSA_SIGNATURE).stream().collect(Collectors.joining(","));
    assertRejected(
        verifier.verify(post(BODY, "X-Signature", five), Instant.EPOCH),
        Reason.TOO_MANY_SIGNATURES);
    assertThatThrownBy(() -> scheme.verifier(List.of(TestingKeys.EC_PRIVATE), RemoteKeys.NONE))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 1 is a private key, which cannot verify");
    assertThatThrownBy(() -> scheme.signer(List.of(TestingKeys.EC_PUBLIC)))
        .isInstanceOf(InvalidSecret.class);
  }
}
