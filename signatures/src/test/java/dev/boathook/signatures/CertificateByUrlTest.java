package dev.boathook.signatures;

import static dev.boathook.signatures.TestingKeys.pem;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.cert.TrustAnchor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateByUrlTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final String URL = "https://api.paypal.com/v1/notifications/certs/CERT-1";
  private static final String LEAF = pem("chain-leaf");
  private static final String INTERMEDIATE = pem("chain-intermediate");
  private static final String CHAIN = LEAF + "\n" + INTERMEDIATE + "\n";

  private final List<String> fetched = new ArrayList<>();

  private static CertificateByUrl certificates(String issuers, String root) {
    return new CertificateByUrl(
        Pattern.compile("https://api\\.paypal\\.com/v1/notifications/certs/[A-Za-z0-9-]{1,64}"),
        Pattern.compile("messageverificationcerts\\.paypal\\.com"),
        PublicKeyAlgorithm.RSA_SHA256,
        issuers.isEmpty() ? List.of() : PemKeys.certificates(issuers),
        () -> Set.of(new TrustAnchor(PemKeys.certificates(root).getFirst(), null)));
  }

  private PublishedKeys.Lookup lookup(CertificateByUrl certificates, String file) {
    return certificates
        .lookups(
            List.of(),
            new RemoteKeys(call -> {
              fetched.add(call.toString());
              return Utf8.bytes(file);
            }))
        .getFirst();
  }

  private PublishedKeys.Trust trust(String file) {
    return lookup(certificates("", pem("chain-root")), file).find(URL, NOW);
  }

  private static void assertUntrusted(PublishedKeys.Trust trust) {
    assertThat(trust)
        .isInstanceOfSatisfying(
            PublishedKeys.Trust.Refused.class,
            refused -> assertThat(refused.verdict().reason()).isEqualTo(Reason.UNTRUSTED_KEY));
  }

  @Test
  void a_certificate_of_a_trusted_authority_is_fetched_once() {
    PublishedKeys.Lookup lookup = lookup(certificates("", pem("chain-root")), CHAIN);
    assertThat(lookup.find(URL, NOW)).isInstanceOf(PublishedKeys.Trust.Keys.class);
    assertThat(lookup.find(URL, NOW)).isInstanceOf(PublishedKeys.Trust.Keys.class);
    assertThat(fetched).containsExactly("GET " + URL);
  }

  @Test
  void a_certificate_of_nobody_trusted_is_refused() {
    assertUntrusted(trust(pem("rsa-certificate")));
    assertUntrusted(lookup(certificates("", pem("rsa-certificate")), CHAIN).find(URL, NOW));
  }

  @Test
  void a_certificate_for_another_name_is_refused() {
    assertUntrusted(trust(pem("chain-leaf-other-name") + "\n" + INTERMEDIATE));
    assertUntrusted(trust(INTERMEDIATE));
  }

  @Test
  void a_certificate_is_refused_outside_its_dates_also_when_it_was_kept() {
    PublishedKeys.Lookup lookup = lookup(certificates("", pem("chain-root")), CHAIN);
    assertUntrusted(lookup.find(URL, Instant.parse("2020-01-01T00:00:00Z")));
    assertThat(lookup.find(URL, NOW)).isInstanceOf(PublishedKeys.Trust.Keys.class);
    assertUntrusted(lookup.find(URL, Instant.parse("2020-01-01T00:00:00Z")));
    assertUntrusted(lookup.find(URL, Instant.parse("2127-01-01T00:00:00Z")));
  }

  @Test
  void certificates_in_between_may_be_given_where_the_file_lacks_them() {
    assertUntrusted(trust(LEAF));
    assertThat(lookup(certificates(INTERMEDIATE, pem("chain-root")), LEAF).find(URL, NOW))
        .isInstanceOf(PublishedKeys.Trust.Keys.class);
    assertUntrusted(
        lookup(certificates(INTERMEDIATE, pem("rsa-certificate")), LEAF).find(URL, NOW));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com.example.com/v1/notifications/certs/CERT-1",
        "https://example.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@example.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../oauth",
        "https://api.paypal.com/v1/notifications/certs/CERT-1?x=1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1#x",
        "https://API.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1\n",
        "https://api.paypal.com/v1/notifications/certs/",
        " https://api.paypal.com/v1/notifications/certs/CERT-1",
        ""
      })
  void nothing_is_fetched_from_anywhere_else(String url) {
    assertUntrusted(lookup(certificates("", pem("chain-root")), CHAIN).find(url, NOW));
    assertThat(fetched).isEmpty();
  }

  @Test
  void what_cannot_be_had_or_read_leaves_it_undecided() {
    assertThat(trust("<html>")).isInstanceOf(PublishedKeys.Trust.Unavailable.class);
    assertThat(trust(pem("rsa-public"))).isInstanceOf(PublishedKeys.Trust.Unavailable.class);
    PublishedKeys.Lookup lookup =
        certificates("", pem("chain-root"))
            .lookups(
                List.of(),
                new RemoteKeys(call -> {
                  throw new IOException("no route");
                }))
            .getFirst();
    assertThat(lookup.find(URL, NOW)).isInstanceOf(PublishedKeys.Trust.Unavailable.class);
  }

  @Test
  void paypal_asks_only_its_own_hosts_and_trusts_the_authorities_of_the_jdk() {
    Provider paypal = Providers.named("paypal", Map.of("webhook_id", "1"));
    RemoteKeys remote =
        new RemoteKeys(call -> {
          fetched.add(call.toString());
          return Utf8.bytes(CHAIN);
        });
    Verifier verifier = paypal.fetching(remote).verifier(List.of());
    SigningContext context = new SigningContext("msg_1", NOW);
    WebhookRequest request =
        paypal
            .signer(TestingKeys.RSA_PRIVATE)
            .sign(
                paypal.sample("PAYMENT.CAPTURE.COMPLETED", "https://h.example.com/in/1", context),
                context);
    Requests.assertRejected(verifier.verify(request, NOW), Reason.UNTRUSTED_KEY);
    assertThat(fetched)
        .containsExactly("GET https://api.paypal.com/v1/notifications/certs/CERT-sample");
    assertThat(CertificateByUrl.authoritiesOfJdk()).hasSizeGreaterThan(20);
    assertThat(paypal.verifier(List.of()).verify(request, NOW))
        .isInstanceOf(Verdict.Undecided.class);
  }
}
