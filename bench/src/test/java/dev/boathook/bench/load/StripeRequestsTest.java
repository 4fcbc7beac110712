package dev.boathook.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.Verifier;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.world.Ids;
import dev.boathook.world.Ticker;
import dev.boathook.world.World;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StripeRequestsTest {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final Provider stripe = Providers.named("stripe");
  private final Verifier verifier = stripe.verifier(List.of(SECRET));
  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final InstantSource clock = now::get;
  private final SecureRandom random = new SecureRandom();
  private final StripeRequests source =
      new StripeRequests(
          new World(clock, Ticker.system(), random, new Ids(clock, random)), "/in/token", SECRET);

  private static WebhookRequest parsed(byte[] request) {
    SentRequest sent = SentRequest.parse(request);
    assertThat(sent.line()).isEqualTo("POST /in/token HTTP/1.1");
    return new WebhookRequest("POST", "/in/token", sent.headers(), sent.body());
  }

  @Test
  void each_is_verified_as_stripes() {
    Requests requests = source.forConnection();
    for (int i = 0; i < 3; i++) {
      WebhookRequest request = parsed(requests.next(0));
      assertThat(verifier.verify(request, now.get())).isInstanceOf(Verdict.Verified.class);
      assertThat(request.body()).hasSize(StripeRequests.BODY_BYTES);
    }
  }

  @Test
  void it_is_signed_at_the_time_that_it_is() {
    Requests requests = source.forConnection();
    requests.next(0);
    now.set(NOON.plusSeconds(3_600));
    WebhookRequest request = parsed(requests.next(0));
    assertThat(verifier.verify(request, now.get())).isInstanceOf(Verdict.Verified.class);
    assertThat(request.headers().first("Stripe-Signature"))
        .startsWith("t=" + NOON.plusSeconds(3_600).getEpochSecond() + ",");
  }

  @Test
  void another_secret_does_not_verify_it() {
    Verifier other = stripe.verifier(List.of("whsec_other"));
    assertThat(other.verify(parsed(source.forConnection().next(0)), NOON))
        .isInstanceOf(Verdict.Rejected.class);
  }

  @Test
  void every_event_of_every_connection_has_an_id_and_an_object_of_its_own() {
    Set<String> ids = new HashSet<>();
    for (int connection = 0; connection < 3; connection++) {
      Requests requests = source.forConnection();
      for (int i = 0; i < 50; i++) {
        JsonNode event = JsonMapper.shared().readTree(parsed(requests.next(0)).body());
        ids.add(event.get("id").stringValue());
        ids.add(event.at("/data/object/id").stringValue());
        assertThat(event.get("type").stringValue()).isEqualTo(StripeRequests.TYPE);
        assertThat(event.get("created").longValue()).isEqualTo(NOON.getEpochSecond());
      }
    }
    assertThat(ids).hasSize(2 * 3 * 50);
  }

  @Test
  void a_request_says_no_less_than_a_request_must() {
    Headers headers = parsed(source.forConnection().next(0)).headers();
    assertThat(headers.first("Host")).isEqualTo("127.0.0.1");
    assertThat(headers.first("Content-Length")).isEqualTo("1024");
    assertThat(headers.first("Content-Type")).startsWith("application/json");
  }
}
