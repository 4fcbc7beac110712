package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.post;
import static dev.boathook.signatures.Requests.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnsTest {
  private static final String TOPIC = "arn:aws:sns:us-west-2:131990247566:dongie-standard-topic";
  private static final Provider SNS = Providers.named("aws-sns", Map.of("topic_arns", TOPIC));

  private static Vector vector(String file) {
    return Vector.all().stream().filter(one -> one.file().equals(file)).findFirst().orElseThrow();
  }

  @Test
  void a_subscription_is_confirmed_at_the_address_in_the_message() {
    Reading reading = read(SNS, vector("aws-sns-subscription").request());
    assertThat(reading).isInstanceOf(Reading.Confirmation.class);
    Reading.Confirmation confirmation = (Reading.Confirmation) reading;
    URI uri = confirmation.uri();
    assertThat(uri.getScheme()).isEqualTo("https");
    assertThat(uri.getAuthority()).isEqualTo("sns.us-west-2.amazonaws.com");
    assertThat(uri.getQuery())
        .startsWith("Action=ConfirmSubscription&TopicArn=" + TOPIC + "&Token=2336412f37fb687f5");
    assertThat(confirmation.answer().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://sns.us-west-2.amazonaws.com/?Action=DeleteTopic&TopicArn=%s&Token=1",
        "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=%sx&Token=1",
        "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=1",
        "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Action=x&TopicArn=%s",
        "https://sns.us-west-2.amazonaws.com/x?Action=ConfirmSubscription&TopicArn=%s",
        "http://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=%s",
        "https://sns.us-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=%s",
        "https://sns.us-west-2.amazonaws.com.cn/?Action=ConfirmSubscription&TopicArn=%s",
        "https://sns.us-west-2.amazonaws.com@a.example/?Action=ConfirmSubscription&TopicArn=%s",
        "https://sns.us-west-2.amazonaws.com:80/?Action=ConfirmSubscription&TopicArn=%s",
        "https://a.example/?Action=ConfirmSubscription&TopicArn=%s",
        "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=%s#x",
        "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=%s&a=\u00e9",
        "",
      })
  void nothing_else_is_ever_fetched(String url) {
    String body =
        "{\"Type\":\"SubscriptionConfirmation\",\"TopicArn\":\"%s\",\"SubscribeURL\":\"%s\"}"
            .formatted(TOPIC, url.replace("%s", TOPIC));
    assertThat(envelope(read(SNS, post(body))).type()).isEqualTo("SubscriptionConfirmation");
  }

  @ParameterizedTest
  @CsvSource({
    "arn:aws:sns:eu-west-1:123456789012:t, https://sns.eu-west-1.amazonaws.com",
    "arn:aws-us-gov:sns:us-gov-west-1:123456789012:t, https://sns.us-gov-west-1.amazonaws.com",
    "arn:aws-cn:sns:cn-north-1:123456789012:t, https://sns.cn-north-1.amazonaws.com.cn",
    "arn:aws-eusc:sns:eusc-de-east-1:123456789012:t, https://sns.eusc-de-east-1.amazonaws.eu",
  })
  void a_topic_has_its_host(String topic, String host) {
    assertThat(SnsTopics.host(topic)).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "arn:aws:sqs:eu-west-1:123456789012:t",
        "arn:aws:sns:eu.west:123456789012:t",
        "arn:aws:sns:eu-west-1:1234:t",
        "arn:aws:sns:eu-west-1:123456789012:t*",
        "arn:aws:sns:eu-west-1:123456789012:t,",
      })
  void the_topics_must_be_topics(String topics) {
    assertThatThrownBy(() -> Providers.named("aws-sns", Map.of("topic_arns", topics)))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("'topic_arns' is not a list of");
  }

  @Test
  void the_topics_are_required_and_a_pinned_key_must_be_one() {
    assertThatThrownBy(() -> Providers.named("aws-sns"))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("needs the setting 'topic_arns'");
    assertThatThrownBy(
            () -> Providers.named("aws-sns", Map.of("topic_arns", TOPIC, "public_key", "key")))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("'public_key' ");
  }

  @Test
  void without_the_certificate_nothing_can_be_told() {
    Vector vector = vector("aws-sns");
    RemoteKeys broken =
        new RemoteKeys(call -> {
          throw new IOException("no route to host");
        });
    for (RemoteKeys keys : List.of(broken, new RemoteKeys(call -> new byte[] {1}))) {
      Verifier verifier = vector.provider().fetching(keys).verifier(List.of());
      assertThat(verifier.verify(vector.request(), vector.now()))
          .isInstanceOf(Verdict.Undecided.class);
    }
  }

  @Test
  void a_second_member_of_a_signed_name_is_refused_beside_a_right_signature() {
    Provider pinned =
        Providers.named(
            "aws-sns", Map.of("topic_arns", TOPIC, "public_key", TestingKeys.RSA_PUBLIC));
    Instant now = Instant.parse("2030-01-01T00:00:00Z");
    SigningContext context = new SigningContext("1", now);
    WebhookRequest signed =
        pinned
            .signer(TestingKeys.RSA_PRIVATE)
            .sign(pinned.sample("Notification", Requests.URL, context), context);
    String body = new String(signed.body(), UTF_8);
    Verifier verifier = pinned.verifier(List.of());
    assertThat(verifier.verify(signed, now)).isEqualTo(new Verdict.Verified(0));
    for (String twin : List.of("Message", "message")) {
      String changed = body.replaceFirst("\\{", "{\"" + twin + "\":\"forged\",");
      Requests.assertRejected(
          verifier.verify(signed.with(Utf8.bytes(changed)), now), Reason.MALFORMED_BODY);
    }
  }
}
