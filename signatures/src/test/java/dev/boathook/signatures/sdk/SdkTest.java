package dev.boathook.signatures.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.adyen.model.notification.NotificationRequestItem;
import com.adyen.notification.WebhookHandler;
import com.adyen.util.HMACValidator;
import com.sendgrid.helpers.eventwebhook.EventWebhook;
import com.slack.api.app_backend.SlackSignature;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import com.svix.exceptions.WebhookVerificationException;
import com.twilio.security.RequestValidator;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.WebhookRequest;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the providers' own libraries sign we verify, and what we sign they verify. The libraries
 * read the machine's clock, so these tests do too.
 */
class SdkTest {
  private static final String URL = "https://hooks.example.com/in/abc?x=1";
  private static final String WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final Instant now = Instant.now();
  private final String seconds = Long.toString(now.getEpochSecond());
  private final SigningContext context = new SigningContext("msg_1", now);

  static List<String> bodies() {
    return List.of(
        "{\"id\":\"1\",\"type\":\"made\"}",
        "{\"name\":\"Zoë \ud83d\ude80 \\u00e9\"}",
        "{ \"a\" :\t1,\r\n\"b\":[ ] }\n",
        "[" + "{\"k\":\"" + "x".repeat(2_000) + "\"}" + "]");
  }

  private static WebhookRequest post(String body, String... headers) {
    return new WebhookRequest("POST", URL, Headers.of(headers), body.getBytes(UTF_8));
  }

  private void assertWeVerify(String provider, String secret, WebhookRequest request) {
    Provider named = Providers.named(provider);
    assertThat(named.verifier(List.of(secret)).verify(request, now))
        .isEqualTo(new Verdict.Verified(0));
  }

  private WebhookRequest sign(String provider, String secret, WebhookRequest request) {
    return Providers.named(provider).signer(secret).sign(request, context);
  }

  private static String header(WebhookRequest request, String name) {
    return requireNonNull(request.headers().first(name), name);
  }

  private static Map<String, List<String>> lines(WebhookRequest request) {
    Map<String, List<String>> lines = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Headers.Line line : request.headers()) {
      lines.computeIfAbsent(line.name(), _ -> new ArrayList<>()).add(line.value());
    }
    return lines;
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void stripe_java(String body) throws Exception {
    String secret = "whsec_test_secret";
    String theirs = Webhook.Signature.generateSignatureHeader(body, secret);
    assertWeVerify("stripe", secret, post(body, "Stripe-Signature", theirs));
    String ours = header(sign("stripe", secret, post(body)), "Stripe-Signature");
    assertThat(Webhook.Signature.verifyHeader(body, ours, secret, 300)).isTrue();
    assertThatThrownBy(() -> Webhook.Signature.verifyHeader(body + " ", ours, secret, 300))
        .isInstanceOf(SignatureVerificationException.class);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void java_slack_sdk(String body) {
    String secret = "8f742231b10e8888abcd99yyyzzz85a5";
    SlackSignature.Generator generator = new SlackSignature.Generator(secret);
    assertWeVerify(
        "slack",
        secret,
        post(
            body,
            "X-Slack-Request-Timestamp",
            seconds,
            "X-Slack-Signature",
            generator.generate(seconds, body)));
    WebhookRequest ours = sign("slack", secret, post(body));
    SlackSignature.Verifier verifier = new SlackSignature.Verifier(generator);
    String timestamp = header(ours, "X-Slack-Request-Timestamp");
    String signature = header(ours, "X-Slack-Signature");
    assertThat(verifier.isValid(timestamp, body, signature)).isTrue();
    assertThat(verifier.isValid(timestamp, body + " ", signature)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void standardwebhooks(String body) throws Exception {
    com.standardwebhooks.Webhook library = new com.standardwebhooks.Webhook(WHSEC);
    String theirs = library.sign("msg_1", now.getEpochSecond(), body);
    assertWeVerify(
        "standard-webhooks",
        WHSEC,
        post(
            body,
            "webhook-id",
            "msg_1",
            "webhook-timestamp",
            seconds,
            "webhook-signature",
            theirs));
    WebhookRequest ours = sign("standard-webhooks", WHSEC, post(body));
    library.verify(body, lines(ours));
    assertThatThrownBy(() -> library.verify(body + " ", lines(ours)))
        .isInstanceOf(com.standardwebhooks.exceptions.WebhookVerificationException.class);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void svix(String body) throws Exception {
    com.svix.Webhook library = new com.svix.Webhook(WHSEC);
    String theirs = library.sign("msg_1", now.getEpochSecond(), body);
    assertWeVerify(
        "svix",
        WHSEC,
        post(body, "svix-id", "msg_1", "svix-timestamp", seconds, "svix-signature", theirs));
    WebhookRequest ours = sign("svix", WHSEC, post(body));
    library.verify(body, lines(ours));
    assertThatThrownBy(() -> library.verify(body + " ", lines(ours)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void twilio_java_with_a_form() {
    String token = "12345";
    String form = "To=%2B18005551212&Digits=1234&From=Zo%C3%AB+X&Empty=";
    Map<String, String> parameters =
        Map.of("To", "+18005551212", "Digits", "1234", "From", "Zoë X", "Empty", "");
    WebhookRequest ours =
        sign("twilio", token, post(form, "Content-Type", "application/x-www-form-urlencoded"));
    RequestValidator library = new RequestValidator(token);
    String signature = header(ours, "X-Twilio-Signature");
    assertThat(library.validate(URL, parameters, signature)).isTrue();
    assertThat(library.validate(URL + "2", parameters, signature)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void twilio_java_with_json(String body) throws Exception {
    String token = "12345";
    WebhookRequest ours = sign("twilio", token, post(body, "Content-Type", "application/json"));
    RequestValidator library = new RequestValidator(token);
    String signature = header(ours, "X-Twilio-Signature");
    assertThat(library.validate(ours.url(), body, signature)).isTrue();
    assertThat(library.validate(ours.url(), body + " ", signature)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void sendgrid_java(String body) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    KeyPair pair = p256();
    String publicKey = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    WebhookRequest ours = sign("sendgrid", pem(pair), post(body));
    EventWebhook library = new EventWebhook();
    String signature = header(ours, "X-Twilio-Email-Event-Webhook-Signature");
    String timestamp = header(ours, "X-Twilio-Email-Event-Webhook-Timestamp");
    assertThat(
            library.VerifySignature(
                library.ConvertPublicKeyToECDSA(publicKey), body, signature, timestamp))
        .isTrue();
    assertWeVerify("sendgrid", publicKey, ours);
  }

  private static KeyPair p256() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static String pem(KeyPair pair) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----";
  }

  @Test
  void adyen_java_api_library() throws Exception {
    String key = "9064450A8892A093D9E97EFCC9639DE31B74F3A7803135555A3C96F5A57915D6";
    String body =
        "{\"live\":\"false\",\"notificationItems\":[{\"NotificationRequestItem\":{"
            + "\"additionalData\":{\"hmacSignature\":\"\"},"
            + "\"amount\":{\"currency\":\"EUR\",\"value\":1000},"
            + "\"eventCode\":\"AUTHORISATION\",\"eventDate\":\"2026-01-01T10:00:00+01:00\","
            + "\"merchantAccountCode\":\"Shop:EU\",\"merchantReference\":\"a:b\\\\c Zoë\","
            + "\"pspReference\":\"8515131751004933\",\"success\":\"true\"}}]}";
    WebhookRequest ours = sign("adyen", key, post(body, "Content-Type", "application/json"));
    NotificationRequestItem item =
        new WebhookHandler()
            .handleNotificationJson(new String(ours.body(), UTF_8))
            .getNotificationItems()
            .getFirst();
    HMACValidator library = new HMACValidator();
    assertThat(library.validateHMAC(item, key)).isTrue();
    String theirs = library.calculateHMAC(item, key);
    assertWeVerify(
        "adyen",
        key,
        post(
            body.replace("\"hmacSignature\":\"\"", "\"hmacSignature\":\"" + theirs + "\""),
            "Content-Type",
            "application/json"));
  }
}
