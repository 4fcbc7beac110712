package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.assertVerified;
import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.handshake;
import static dev.boathook.signatures.Requests.post;
import static dev.boathook.signatures.Requests.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HmacTest {

  private static Provider hmac(String... settings) {
    Map<String, String> map = new HashMap<>();
    map.put("header", "X-Signature");
    for (int i = 0; i < settings.length; i += 2) {
      map.put(settings[i], settings[i + 1]);
    }
    return Providers.named("hmac", map);
  }

  /** RFC 2202 and RFC 4231, test case 2. */
  @ParameterizedTest
  @CsvSource({
    "sha1, effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha256, 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "sha384,"
        + " af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    "sha512,"
        + " 164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
  })
  void the_vectors_of_the_rfcs_are_verified(String algorithm, String signature) {
    String body = "what do ya want for nothing?";
    WebhookRequest request = post(body, "X-Signature", signature);
    assertVerified(verify(hmac("algorithm", algorithm), "Jefe", 0, request));
    assertVerified(
        verify(hmac("algorithm", algorithm, "key_encoding", "hex"), "4a656665", 0, request));
    assertVerified(
        verify(hmac("algorithm", algorithm, "key_encoding", "base64"), "SmVmZQ==", 0, request));
  }

  @ParameterizedTest
  @CsvSource({
    "{body}, hex, seconds",
    "{timestamp}.{body}, base64, seconds",
    "v0:{timestamp}:{body}, base64url, milliseconds",
    "{id}.{timestamp}.{body}, hex, iso8601",
    "{url}{body}, base64, seconds",
    "{method}{url}{body}{timestamp}, base64, milliseconds",
  })
  void every_shape_is_signed_and_verified(String text, String encoding, String unit) {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "header",
                "X-Signature",
                "signed_text",
                text,
                "encoding",
                encoding,
                "prefix",
                "HMAC ",
                "timestamp_unit",
                unit,
                "id",
                "header:X-Id"));
    if (text.contains("timestamp")) {
      settings.put("timestamp_header", "X-Time");
    }
    Provider provider = Providers.named("hmac", settings);
    Instant now = Instant.ofEpochMilli(1_700_000_000_123L);
    WebhookRequest unsigned = post("body");
    WebhookRequest signed = provider.signer("secret").sign(unsigned, new SigningContext("i", now));
    Verifier verifier = provider.verifier(List.of("secret"));
    assertVerified(verifier.verify(signed, now));
    assertThat(provider.timestamped()).isEqualTo(text.contains("timestamp"));
    WebhookRequest elsewhere =
        new WebhookRequest("POST", "https://other.example", signed.headers(), signed.body());
    if (text.contains("url")) {
      assertRejected(verifier.verify(elsewhere, now), Reason.NO_MATCHING_SIGNATURE);
    } else {
      assertVerified(verifier.verify(elsewhere, now));
    }
  }

  @Test
  void an_unknown_public_url_is_said() {
    Provider provider = hmac("signed_text", "{url}{body}");
    assertRejected(
        provider
            .verifier(List.of("s"))
            .verify(
                new WebhookRequest(
                    "POST", "", Headers.of("X-Signature", "0".repeat(64)), new byte[0]),
                Instant.EPOCH),
        Reason.NO_MATCHING_SIGNATURE,
        "the public URL is signed, and it is not known here");
  }

  @Test
  void several_signatures_may_stand_in_a_list() {
    String right = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    String wrong = "sha256=" + "0".repeat(64);
    Provider provider = hmac("prefix", "sha256=");
    String body = "what do ya want for nothing?";
    assertVerified(
        verify(
            provider, "Jefe", 0, post(body, "X-Signature", wrong + ", sha1=00 ,," + right + ",x")));
    assertRejected(
        verify(provider, "Jefe", 0, post(body, "X-Signature", ", ,")),
        Reason.NO_ACCEPTED_SIGNATURE,
        "X-Signature does not begin with 'sha256='");
    assertRejected(
        verify(provider, "Jefe", 0, post(body, "X-Signature", (wrong + ",").repeat(17))),
        Reason.TOO_MANY_SIGNATURES,
        "X-Signature holds more than 16 signatures");
  }

  @Test
  void the_tolerance_can_be_set() {
    Provider provider =
        hmac(
            "signed_text", "{timestamp}{body}",
            "timestamp_header", "X-Time",
            "tolerance_seconds", "10");
    WebhookRequest unsigned = post("x");
    Instant now = Instant.ofEpochSecond(1_000);
    WebhookRequest signed = provider.signer("s").sign(unsigned, new SigningContext("i", now));
    Verifier verifier = provider.verifier(List.of("s"));
    assertVerified(verifier.verify(signed, now.plusSeconds(10)));
    assertRejected(
        verifier.verify(signed, now.plusSeconds(11)),
        Reason.TIMESTAMP_TOO_OLD,
        "timestamp 1000 is 11 s old, tolerance 10 s");
  }

  @Test
  void facts_stand_where_the_settings_say() {
    Provider provider =
        hmac(
            "id", "json:/meta/id",
            "type", "header:X-Type",
            "key", "json:/a~1b/0",
            "time", "json:/at");
    assertThat(
            envelope(
                Requests.read(
                    provider,
                    post(
                        "{\"meta\":{\"id\":\"1\"},\"a/b\":[\"k\"],\"at\":1700000000123}",
                        "X-Type",
                        "made"))))
        .isEqualTo(new Envelope("1", "made", "k", Instant.ofEpochMilli(1_700_000_000_123L), "1"));
    assertThat(
            envelope(
                    Requests.read(
                        hmac("id", "form:id"),
                        post(
                            "a=1&id=x%2By+z&id=2",
                            "Content-Type", "application/x-www-form-urlencoded")))
                .providerEventId())
        .isEqualTo("x+y z");
  }

  @Test
  void without_an_id_bodies_are_told_apart_and_with_none_nothing_is_a_duplicate() {
    Provider usual = hmac();
    assertThat(envelope(Requests.read(usual, post("a"))).dedupeKey())
        .startsWith("sha256:")
        .isEqualTo(envelope(Requests.read(usual, post("a", "X", "y"))).dedupeKey())
        .isNotEqualTo(envelope(Requests.read(usual, post("b"))).dedupeKey());
    assertThat(envelope(Requests.read(hmac("id", "none"), post("a"))).dedupeKey()).isNull();
    assertThat(usual.dedupeWindow()).isEqualTo(Duration.ofDays(7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "algorithm | md5 | hmac setting 'algorithm' is none of 'ecdsa-p256-sha256', 'ed25519',"
            + " 'rsa-sha256', 'sha1', 'sha256', 'sha384', 'sha512'",
        "encoding | HEX | hmac setting 'encoding' is none of 'base64', 'base64url', 'hex'",
        "key_encoding | utf8 | 'key_encoding' is none of",
        "timestamp_unit | days | 'timestamp_unit' is none of",
        "header | X Signature | 'header' is not the name of a header",
        "header | \"\" | 'header' is not the name of a header",
        "prefix | a, | 'prefix' holds a comma",
        "signed_text | {timestamp} | does not contain {body}",
        "signed_text | {body}{ | has a '{' without '}'",
        "signed_text | {Body} | contains {Body}; known are {body}",
        "signed_text | {header:}{body} | contains {header:}; known are",
        "signed_text | {id}{body} | contains {id}, but the id is in no header",
        "signed_text | {timestamp}{body} | 'timestamp_header' is needed",
        "timestamp_header | X-Time | does not contain {timestamp}",
        "tolerance_seconds | 0 | is not a number from 1 to 86400",
        "tolerance_seconds | five | is not a number from 1 to 86400",
        "id | X-Id | 'id' is not header:NAME, json:/pointer, form:FIELD, query:NAME or none",
        "id | json:id | 'id' is not header:NAME",
        "type | cookie:a | 'type' is not header:NAME",
        "key | header: | 'key' is not header:NAME",
        "key | form:é | 'key' is not header:NAME",
        "colour | red | hmac has no setting 'colour'",
        "format | v1={signature} | 'format' is not as t={timestamp},v1={signature}",
        "format | t={timestamp},v1={signature} | 'format' is of no use: 'signed_text' does not",
        "dedupe | json:id | 'dedupe' is not header:NAME",
        "events | items | 'events' is not a pointer as /events, nor empty",
        "handshake_value | a | 'handshake_field' is missing",
        "handshake_echo | json:/a | 'handshake_field' is missing",
        "handshake_signed | false | 'handshake_field' is missing",
        "handshake_field | json:/a | 'handshake_field' needs 'handshake_value'",
        "answer_status | 300 | 'answer_status' is not a number from 200 to 299",
        "answer_content_type | text/plain | 'answer_content_type' is of no use without",
      })
  void wrong_settings_are_explained(String setting, String value, String message) {
    assertThatThrownBy(() -> hmac(setting, value))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining(message);
  }

  @Test
  void the_header_is_required_and_values_are_bounded() {
    assertThatThrownBy(() -> Providers.named("hmac"))
        .isInstanceOf(InvalidSettings.class)
        .hasMessage("hmac needs the setting 'header': the header with the signature");
    assertThatThrownBy(() -> hmac("prefix", "x".repeat(4097)))
        .isInstanceOf(InvalidSettings.class)
        .hasMessage("hmac setting 'prefix' has more than 4096 characters");
  }

  /** The table of escapes in HubSpot's page on validating requests. */
  @Test
  void an_unescaped_url_keeps_the_escapes_that_are_not_listed() {
    assertThat(
            SignedText.unescaped(
                "https://a.example/%3A%2f%3F%40%21%24%27%28%29%2A%2C%3b?a=%20%25%2B%26&b=%e2%82%ac%2"))
        .isEqualTo("https://a.example/:/?@!$'()*,;?a=%20%25%2B%26&b=%e2%82%ac%2");
    assertThat(SignedText.unescaped("/%%3A%zz")).isEqualTo("/%:%zz");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "algorithm=ed25519 key_encoding=hex | 'key_encoding' is only for an HMAC",
        "format=t={timestamp},v1={signature} prefix=v1= | 'prefix' is of no use beside 'format'",
        "format=t={timestamp},v1={signature} signed_text={timestamp}{body} timestamp_header=X-Time"
            + " | 'timestamp_header' is of no use: 'format' holds the time",
        "id=none dedupe=json:/id | 'dedupe' contradicts 'id'",
        "answer_status=204 answer_body=ok | 'answer_body' cannot go with the status 204",
        "answer_body=ok answer_content_type=json | 'answer_content_type' is not a media type",
      })
  void settings_that_contradict_each_other_are_explained(String settings, String message) {
    String[] pairs =
        Stream.of(settings.split(" ", -1))
            .flatMap(pair -> Stream.of(pair.split("=", 2)))
            .toArray(String[]::new);
    assertThatThrownBy(() -> hmac(pairs))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining(message);
  }

  @Test
  void a_test_of_the_address_is_answered_with_its_echo_after_verification() {
    Provider provider =
        hmac(
            "handshake_field", "json:/type",
            "handshake_value", "url_check",
            "handshake_echo", "json:/challenge");
    WebhookRequest test = post("{\"type\":\"url_check\",\"challenge\":\"abc\"}");
    assertThat(provider.greeting(test)).isEmpty();
    Answer answer = handshake(Requests.read(provider, test)).answer();
    assertThat(answer.contentType()).isEqualTo("text/plain");
    assertThat(answer.body()).asString().isEqualTo("abc");
    envelope(Requests.read(provider, post("{\"type\":\"other\",\"challenge\":\"abc\"}")));
    envelope(Requests.read(provider, post("{\"type\":\"url_check\"}")));
  }

  @Test
  void a_test_of_the_address_may_come_unsigned_and_as_a_get() {
    Provider provider =
        hmac(
            "handshake_field", "query:mode",
            "handshake_value", "subscribe",
            "handshake_echo", "query:challenge",
            "handshake_signed", "false");
    assertThat(provider.methods()).containsExactlyInAnyOrder("GET", "POST");
    String url = Vector.USUAL_URL + "?mode=subscribe&challenge=1158201444";
    WebhookRequest test = new WebhookRequest("GET", url, Headers.of(), new byte[0]);
    Answer answer = handshake(provider.greeting(test).orElseThrow()).answer();
    assertThat(answer.body()).asString().isEqualTo("1158201444");
    assertThat(provider.greeting(post("{}"))).isEmpty();
  }

  @Test
  void a_test_without_an_echo_is_answered_200() {
    Provider provider = hmac("handshake_field", "header:X-Type", "handshake_value", "ping");
    Answer answer = handshake(Requests.read(provider, post("{}", "X-Type", "ping"))).answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void the_answer_is_as_it_is_set() {
    assertThat(hmac().accepted(post("{}"))).isEmpty();
    Answer none = hmac("answer_status", "204").accepted(post("{}")).orElseThrow();
    assertThat(none.status()).isEqualTo(204);
    assertThat(none.body()).isEmpty();
    Answer text =
        hmac("answer_body", "{\"ok\":true}", "answer_content_type", "application/json")
            .accepted(post("{}"))
            .orElseThrow();
    assertThat(text.status()).isEqualTo(200);
    assertThat(text.contentType()).isEqualTo("application/json");
    assertThat(text.body()).asString().isEqualTo("{\"ok\":true}");
  }

  @Test
  void the_body_may_be_an_array_of_events() {
    Provider provider = hmac("events", "", "id", "json:/0/id");
    Reading.Batch batch = (Reading.Batch) Requests.read(provider, post("[{\"id\":1},{\"id\":2}]"));
    assertThat(batch.items())
        .extracting(item -> item.envelope().providerEventId())
        .containsExactly("1", "2");
    assertThat(envelope(Requests.read(provider, post("{\"id\":1}"))).providerEventId()).isNull();
  }

  @Test
  void an_hmac_is_refused_where_a_public_key_is_asked_for() {
    assertThatThrownBy(() -> hmac("algorithm", "rsa-sha256").verifier(List.of("secret")))
        .isInstanceOf(InvalidSecret.class);
    assertThatThrownBy(() -> hmac("algorithm", "ed25519").verifier(List.of("secret")))
        .isInstanceOf(InvalidSecret.class);
  }
}
