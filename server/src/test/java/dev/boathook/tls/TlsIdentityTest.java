package dev.boathook.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.boathook.tls.TlsIdentity.Unusable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsIdentityTest {
  private static final Instant NOW = Instant.parse("2026-10-25T00:30:00Z");

  @TempDir private Path folder;
  private TestingCertificates root;
  private Path certificate;
  private Path key;

  @BeforeEach
  void make() throws Exception {
    root = TestingCertificates.authority("Root", NOW);
    certificate = folder.resolve("chain.pem");
    key = folder.resolve("key.pem");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void a_chain_and_its_key_are_read(String algorithm) throws Exception {
    TestingCertificates made = root.authority("Middle").leafOf(algorithm, "localhost");
    made.write(certificate, key);

    TlsIdentity identity = TlsIdentity.read(certificate, key, NOW);

    assertThat(identity.chain()).isEqualTo(made.chain());
    assertThat(identity.key()).isEqualTo(made.key());
  }

  @Test
  void a_key_that_is_anothers_is_refused() throws Exception {
    root.leaf("one").write(certificate, key);
    Files.writeString(key, root.leaf("other").keyPem());
    refused("tls_mismatch", NOW);
    Files.writeString(key, root.leafOf("RSA", "other").keyPem());
    refused("tls_mismatch", NOW);
  }

  @Test
  void a_certificate_out_of_its_time_is_refused() throws Exception {
    root.leaf("localhost").write(certificate, key);

    refused("tls_expired", NOW.plus(Duration.ofDays(2)));
    refused("tls_expired", NOW.minus(Duration.ofDays(2)));
  }

  @Test
  void a_file_that_is_not_what_it_should_be_is_refused() throws Exception {
    refused("tls_unreadable", NOW);
    TestingCertificates made = root.leaf("localhost");
    made.write(certificate, key);
    for (String text :
        new String[] {
          "",
          "hush",
          made.keyPem().replace("PRIVATE KEY", "EC PRIVATE KEY"),
          made.keyPem().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
          "x".repeat(TlsIdentity.MAX_FILE_BYTES + 1)
        }) {
      Files.writeString(key, text);
      assertThat(refused("tls_unreadable", NOW)).doesNotContain("hush");
    }
    Files.writeString(key, made.keyPem());
    Files.writeString(certificate, made.keyPem());
    refused("tls_unreadable", NOW);
    Files.delete(certificate);
    assertThat(refused("tls_unreadable", NOW)).contains("chain.pem");
  }

  private String refused(String code, Instant now) {
    Unusable refusal =
        catchThrowableOfType(Unusable.class, () -> TlsIdentity.read(certificate, key, now));
    assertThat(refusal.code().value()).isEqualTo(code);
    return String.valueOf(refusal.getMessage());
  }
}
