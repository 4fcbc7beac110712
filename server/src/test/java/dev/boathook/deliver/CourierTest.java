package dev.boathook.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.TestingReceiver.Answer;
import dev.boathook.TestingReceiver.Received;
import dev.boathook.address.Cidr;
import dev.boathook.endpoint.Authentication;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Security;
import dev.boathook.endpoint.Subscription;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.event.Event;
import dev.boathook.event.Origin;
import dev.boathook.outbound.AccessTokens;
import dev.boathook.outbound.AddressRules;
import dev.boathook.outbound.ClientCredentials;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.HttpSender;
import dev.boathook.outbound.Outcome;
import dev.boathook.outbound.Outcome.Unreachable.Reason;
import dev.boathook.outbound.Resolver;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.signatures.Headers;
import dev.boathook.world.Ticker;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Attempts at endpoints that want an access token. */
class CourierTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger issued = new AtomicInteger();
  private final TestingReceiver receiver;
  private final HttpSender sender;
  private final Courier courier;
  private volatile String refused = "";
  private volatile boolean echoing;
  private volatile int tokenStatus = 200;
  private volatile Runnable whenAsked = () -> {};

  CourierTest() throws Exception {
    receiver = TestingReceiver.start();
    receiver.answerFully(this::answer);
    sender =
        new HttpSender(
            HttpSender.Settings.defaults("test"),
            new AddressRules(List.of(Cidr.parse("127.0.0.0/8")), port -> false, address -> false),
            Resolver.system(),
            SSLContext.getDefault(),
            InstantSource.fixed(NOW),
            Ticker.system());
    courier = new Courier(sender, nanos::get);
  }

  @AfterEach
  void close() {
    sender.close();
    receiver.close();
  }

  private Answer answer(Received received) {
    if (received.path().equals("/token")) {
      whenAsked.run();
      return new Answer(
          tokenStatus,
          "application/json",
          "{\"access_token\":\"token-t" + issued.incrementAndGet() + "\",\"expires_in\":3600}");
    }
    String authorization = received.header("authorization");
    if (echoing) {
      return new Answer(200, "text/plain", authorization + " " + received.header("x-key"));
    }
    return Answer.of(!refused.isEmpty() && authorization.matches(refused) ? 401 : 204);
  }

  private List<String> authorizations() {
    return receiver.received().stream()
        .filter(received -> received.path().equals("/hook"))
        .map(received -> received.header("authorization"))
        .toList();
  }

  private Courier.Sent send() throws InterruptedException {
    UUID project = new UUID(0, 1);
    ClientCredentials credentials =
        new ClientCredentials(
            TargetUrl.of(receiver.url("/token")),
            "id",
            "hush",
            null,
            null,
            ClientCredentials.Method.BASIC);
    Security security =
        new Security(
            List.of(new HttpHeader("x-key", "hush-hush")),
            new Authentication.OAuth(credentials),
            null,
            List.of());
    List<String> secrets = List.of(Endpoint.newSecret(new SecureRandom()));
    Endpoint endpoint =
        new Endpoint(
            project,
            new UUID(0, 2),
            null,
            TargetUrl.of(receiver.url("/hook")),
            new Subscription(null, null, List.of(new TypePattern("*"))),
            secrets,
            security.signer(secrets),
            security,
            DeliveryPolicy.DEFAULT,
            Duration.ofSeconds(10),
            List.of(),
            Endpoint.Status.ACTIVE,
            null,
            null,
            NOW,
            NOW);
    Event event =
        new Event(
            project,
            new UUID(0, 3),
            new Origin(Origin.Kind.SOURCE, new UUID(0, 4)),
            "push",
            null,
            null,
            NOW,
            null,
            true,
            false,
            "application/json",
            Headers.of(),
            new byte[] {'{', '}'});
    return courier.send(event, endpoint, Optional.of("github"), NOW);
  }

  @Test
  void a_token_that_is_refused_is_replaced_within_the_attempt() throws Exception {
    assertThat(send().result().outcome()).isEqualTo(new Outcome.Delivered(204));
    refused = "Bearer token-t1";
    nanos.addAndGet(AccessTokens.MIN_REFRESH.toNanos());

    assertThat(send().result().outcome()).isEqualTo(new Outcome.Delivered(204));

    assertThat(authorizations())
        .containsExactly("Bearer token-t1", "Bearer token-t1", "Bearer token-t2");
  }

  @Test
  void it_is_replaced_once_and_a_second_refusal_stands() throws Exception {
    send();
    refused = "Bearer .*";
    nanos.addAndGet(AccessTokens.MIN_REFRESH.toNanos());

    assertThat(send().result().outcome()).isEqualTo(new Outcome.Refused(401, null));
    assertThat(authorizations()).hasSize(3);
    assertThat(issued).hasValue(2);

    assertThat(send().result().outcome()).isEqualTo(new Outcome.Refused(401, null));
    assertThat(issued).as("a token that is new is not asked for again").hasValue(2);
  }

  @Test
  void a_refusal_stands_with_its_evidence_when_no_other_token_is_to_be_had() throws Exception {
    send();
    refused = "Bearer .*";
    tokenStatus = 503;
    nanos.addAndGet(AccessTokens.MIN_REFRESH.toNanos());

    Courier.Sent sent = send();

    assertThat(sent.result().outcome()).isEqualTo(new Outcome.Refused(401, null));
    assertThat(sent.result().remoteAddress()).isNotNull();
    assertThat(sent.headers()).contains(new HttpHeader("authorization", "(hidden)"));
    assertThat(authorizations()).hasSize(2);
  }

  @Test
  void a_refusal_stands_when_no_time_is_left_for_another_try() throws Exception {
    send();
    refused = "Bearer .*";
    nanos.addAndGet(AccessTokens.MIN_REFRESH.toNanos());
    whenAsked = () -> nanos.addAndGet(Duration.ofSeconds(10).toNanos());

    assertThat(send().result().outcome()).isEqualTo(new Outcome.Refused(401, null));
    assertThat(issued).hasValue(2);
    assertThat(authorizations()).hasSize(2);
  }

  @Test
  void without_a_token_nothing_is_sent_and_the_next_attempt_asks_again() throws Exception {
    tokenStatus = 410;

    Courier.Sent sent = send();

    assertThat(sent.result().outcome())
        .isEqualTo(
            new Outcome.Unreachable(
                Reason.TOKEN, "no access token: the token URL answered HTTP 410"));
    assertThat(sent.result().remoteAddress()).isNull();
    assertThat(authorizations()).isEmpty();
    tokenStatus = 200;
    assertThat(send().result().outcome()).isEqualTo(new Outcome.Delivered(204));
  }

  @Test
  void what_is_kept_of_the_request_names_credentials_without_their_values() throws Exception {
    assertThat(send().headers())
        .contains(new HttpHeader("x-key", "(hidden)"), new HttpHeader("authorization", "(hidden)"))
        .noneMatch(header -> header.value().contains("hush") || header.value().contains("t1"));
  }

  @Test
  void what_is_kept_of_the_answer_does_not_repeat_credentials() throws Exception {
    echoing = true;

    assertThat(new String(send().result().responseBody(), StandardCharsets.UTF_8))
        .isEqualTo("(hidden) (hidden)");
  }
}
