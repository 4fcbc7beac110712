package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.outbound.ClientCredentials;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.OutboundTls;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.tls.TestingCertificates;
import dev.boathook.tls.TlsIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private static final ExtraSignature SVIX = new ExtraSignature.Svix();

  private static Security with(List<HttpHeader> headers, List<ExtraSignature> extras) {
    return new Security(headers, Authentication.NONE, null, extras);
  }

  private static ExtraSignature.Hmac hmac(String... settings) {
    return new ExtraSignature.Hmac(
        IntStream.range(0, settings.length / 2)
            .boxed()
            .collect(Collectors.toMap(i -> settings[2 * i], i -> settings[2 * i + 1])),
        "hush");
  }

  private static List<Authentication> authentications(@Nullable String scope) {
    List<Authentication> all = new ArrayList<>();
    all.add(Authentication.NONE);
    all.add(new Authentication.Basic("me", "hush"));
    all.add(new Authentication.Bearer("hush"));
    for (ClientCredentials.Method method : ClientCredentials.Method.values()) {
      all.add(
          new Authentication.OAuth(
              new ClientCredentials(
                  TargetUrl.of("https://auth.example/token"), "me", "hush", scope, null, method)));
    }
    return all;
  }

  @Test
  void a_header_is_named_in_a_text_without_its_value() {
    assertThat(new HttpHeader("x-key", "hush")).hasToString("HttpHeader[x-key]");
  }

  @Test
  void what_is_written_is_read_again_and_no_text_tells_a_secret() throws Exception {
    TestingCertificates root = TestingCertificates.authority("Root", NOW);
    TestingCertificates leaf = root.authority("Middle").leaf("me");
    OutboundTls tls =
        new OutboundTls(List.of(root.root()), new TlsIdentity(leaf.chain(), leaf.key()));
    List<ExtraSignature> extras =
        List.of(SVIX, new ExtraSignature.GitHub("hush"), hmac("header", "x-sig", "prefix", "v0="));
    for (Authentication authentication : authentications("a b")) {
      Security security =
          new Security(List.of(new HttpHeader("x-key", "hush")), authentication, tls, extras);
      assertThat(SecurityJson.parse(SecurityJson.of(security))).isEqualTo(security);
      assertThat(security + " " + authentication + " " + tls + " " + extras)
          .doesNotContain("hush", "PRIVATE");
    }
    for (Authentication authentication : authentications(null)) {
      Security security = new Security(List.of(), authentication, null, List.of());
      assertThat(SecurityJson.parse(SecurityJson.of(security))).isEqualTo(security);
    }
  }

  @Test
  void everything_has_a_limit() {
    List<HttpHeader> headers =
        IntStream.range(0, Security.MAX_HEADERS)
            .mapToObj(i -> new HttpHeader("x-" + i, "v".repeat(4_000)))
            .toList();
    assertThat(with(headers, List.of()).headers()).hasSize(20);
    List<HttpHeader> more = new ArrayList<>(headers);
    more.add(new HttpHeader("x", "v"));
    assertThatThrownBy(() -> with(more, List.of())).hasMessageContaining("more than 20");
    assertThatThrownBy(() -> with(List.of(new HttpHeader("x", "v".repeat(4_001))), List.of()))
        .hasMessageContaining("more than 4000");
    assertThatThrownBy(() -> with(List.of(new HttpHeader("x".repeat(101), "v")), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> with(List.of(), Collections.nCopies(5, SVIX)))
        .hasMessageContaining("more than 4");
    assertThatThrownBy(() -> new Authentication.Bearer("t".repeat(4_001)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Authentication.Basic("u", "p".repeat(4_001)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-type",
        "Content-Encoding",
        "webhook-id",
        "WEBHOOK-anything",
        "boathook-source",
        "host",
        "connection",
        "transfer-encoding",
        "expect",
        "te",
        "proxy-authorization",
        "user-agent"
      })
  void what_is_ours_or_https_own_cannot_be_set(String name) {
    assertThatThrownBy(() -> with(List.of(new HttpHeader(name, "v")), List.of()))
        .hasMessageContaining(name);
    assertThatThrownBy(() -> with(List.of(), List.of(hmac("header", name))))
        .hasMessageContaining(name);
  }

  @Test
  void an_own_signature_may_cover_id_url_and_headers_of_ours() {
    Security security =
        with(
            List.of(),
            List.of(
                hmac(
                    "header", "x-sig",
                    "id", "header:x-id",
                    "timestamp_header", "x-time",
                    "timestamp_unit", "milliseconds",
                    "signed_text", "{id}.{timestamp}.{url}.{header:webhook-id}.{body}")));
    String secret = StandardWebhooks.newSecret(new byte[32]);
    Headers lines =
        security
            .signer(List.of(secret))
            .headers(
                new WebhookRequest(
                    "POST",
                    "https://example.com/x",
                    Headers.of("content-type", "text/plain"),
                    "{}".getBytes(StandardCharsets.UTF_8)),
                new SigningContext("evt_1", NOW));
    List<String> names = new ArrayList<>();
    lines.forEach(line -> names.add(line.name()));
    assertThat(names)
        .containsExactly(
            "webhook-id", "webhook-timestamp", "webhook-signature", "x-id", "x-time", "x-sig");
    assertThat(lines.first("x-id")).isEqualTo("evt_1");
    assertThat(lines.first("x-time")).isEqualTo(Long.toString(NOW.toEpochMilli()));
    assertThat(
            StandardWebhooks.signer(List.of(secret))
                .headers(
                    new WebhookRequest(
                        "POST", "", Headers.of(), "{}".getBytes(StandardCharsets.UTF_8)),
                    new SigningContext("evt_1", NOW))
                .first("webhook-signature"))
        .isEqualTo(lines.first("webhook-signature"));
  }

  @Test
  void a_signature_that_cannot_be_made_is_refused_at_once() {
    for (Map<String, String> settings :
        List.of(
            Map.<String, String>of(),
            Map.of("header", "x", "signed_text", "{header:x-other}{body}"),
            Map.of("header", "x", "algorithm", "rsa-sha256"),
            Map.of("header", "x", "tolerance_seconds", "5"))) {
      assertThatThrownBy(() -> with(List.of(), List.of(new ExtraSignature.Hmac(settings, "hush"))))
          .as("%s", settings)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining("hush");
    }
  }
}
