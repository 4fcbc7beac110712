package dev.boathook.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientCertificatesTest {
  private static final Instant NOW = Instant.parse("2026-10-25T00:30:00Z");

  private TestingCertificates root;
  private TestingCertificates other;
  private TestingCertificates leaf;

  @BeforeAll
  void make() throws Exception {
    root = TestingCertificates.authority("Root", NOW);
    other = TestingCertificates.authority("Other", NOW);
    leaf = root.leaf("Client.Example", "api.example.com");
  }

  @Test
  void a_listed_fingerprint_is_accepted_in_any_spelling() {
    String fingerprint = Certificates.sha256(leaf.own());
    String colons = fingerprint.toUpperCase(Locale.ROOT).replaceAll("(..)(?!$)", "$1:");

    assertThat(refused(ClientCertificates.of(List.of(fingerprint), null, List.of()), leaf))
        .isNull();
    assertThat(refused(ClientCertificates.of(List.of(colons), null, List.of()), leaf)).isNull();
    assertThat(refused(ClientCertificates.of(List.of("00".repeat(32)), null, List.of()), leaf))
        .isEqualTo("the certificate with SHA-256 " + fingerprint + " is not listed");
  }

  @Test
  void a_chain_to_an_authority_is_accepted_and_no_other() throws Exception {
    assertThat(refused(by(root), leaf)).isNull();
    assertThat(refused(by(other), leaf)).contains("is not vouched for");
    assertThat(refused(by(other, root), leaf)).isNull();
    TestingCertificates deep = root.authority("Middle").authority("Lower").leaf("deep");
    assertThat(refused(by(root), deep)).isNull();
    assertThat(by(root).whyRefused(List.of(deep.own()), NOW).orElseThrow())
        .as("without what lies between")
        .contains("is not vouched for");
    TestingCertificates underLeaf = leaf.leaf("made by no authority");
    assertThat(refused(by(root), underLeaf)).contains("is not vouched for");
  }

  @Test
  void a_namesake_of_the_authority_vouches_for_nobody() throws Exception {
    TestingCertificates namesake = TestingCertificates.authority("Root", NOW);

    assertThat(refused(by(root), namesake.leaf("Client.Example"))).contains("is not vouched for");
  }

  @Test
  void a_chain_is_good_in_its_time_only() throws Exception {
    Duration hour = Duration.ofHours(1);
    TestingCertificates brief = root.leafBetween("brief", NOW.minus(hour), NOW.plus(hour));

    assertThat(refused(by(root), brief)).isNull();
    for (Instant when : List.of(NOW.minus(hour).minusSeconds(1), NOW.plus(hour).plusSeconds(1))) {
      assertThat(by(root).whyRefused(brief.chain(), when)).isPresent();
    }
    assertThat(
            ClientCertificates.of(List.of(Certificates.sha256(brief.own())), null, List.of())
                .whyRefused(brief.chain(), NOW.plus(Duration.ofDays(9))))
        .as("a pinned certificate was named as it is")
        .isEmpty();
  }

  @Test
  void names_are_compared_whole_with_common_and_dns_names() {
    for (String name : List.of("client.example", "CLIENT.example", "api.example.com")) {
      assertThat(refused(named(name), leaf)).as(name).isNull();
    }
    for (String name : List.of("example", "*.example.com", "example.com", "api.example.com.")) {
      assertThat(refused(named(name), leaf)).as(name).contains("bears none of the names");
    }
  }

  @Test
  void a_certificate_for_servers_alone_is_refused_unless_it_is_pinned() throws Exception {
    TestingCertificates server = root.serverLeaf("server.example.com");

    assertThat(refused(by(root), server)).contains("is not for TLS clients");
    assertThat(
            refused(
                ClientCertificates.of(List.of(Certificates.sha256(server.own())), null, List.of()),
                server))
        .isNull();
  }

  @Test
  void pem_comes_back_as_it_went() {
    ClientCertificates accepted = by(root, other);

    assertThat(ClientCertificates.of(List.of(), accepted.ca(), List.of())).isEqualTo(accepted);
    assertThat(ClientCertificates.of(List.of("ab".repeat(32)), null, List.of()).ca()).isNull();
  }

  @Test
  void what_cannot_be_meant_is_refused() {
    String ca = Certificates.toPem(List.of(root.root()));
    wrong(List.of(), null, List.of());
    wrong(List.of("zz".repeat(32)), null, List.of());
    wrong(List.of("ab".repeat(31)), null, List.of());
    wrong(List.of("ab".repeat(32)), null, List.of("name"));
    wrong(List.of(), "", List.of());
    wrong(List.of(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", List.of());
    wrong(List.of(), Certificates.toPem(leaf.chain()), List.of());
    wrong(List.of(), ca, List.of(" "));
    wrong(List.of(), ca, Collections.nCopies(17, "a"));
    wrong(List.of(), ca + "#".repeat(ClientCertificates.MAX_PEM_CHARACTERS), List.of());
    wrong(Collections.nCopies(17, "ab".repeat(32)), null, List.of());
  }

  private static void wrong(List<String> sha256, @Nullable String ca, List<String> names) {
    assertThatThrownBy(() -> ClientCertificates.of(sha256, ca, names))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private ClientCertificates named(String name) {
    return ClientCertificates.of(
        List.of(), Certificates.toPem(List.of(root.root())), List.of(name));
  }

  private static ClientCertificates by(TestingCertificates... authorities) {
    List<X509Certificate> roots =
        java.util.Arrays.stream(authorities).map(TestingCertificates::root).toList();
    return ClientCertificates.of(List.of(), Certificates.toPem(roots), List.of());
  }

  private static @Nullable String refused(ClientCertificates accepted, TestingCertificates shown) {
    return accepted.whyRefused(shown.chain(), NOW).orElse(null);
  }
}
