package dev.boathook.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.consumer.Consumer;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.Security;
import dev.boathook.endpoint.Subscription;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.lane.Terms;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.route.ProjectView;
import dev.boathook.signatures.StandardWebhooks;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the engine hears of an endpoint. */
class TermsTest {
  private static final UUID PROJECT = new UUID(1, 1);
  private static final UUID CONSUMER = new UUID(2, 1);
  private static final UUID ENDPOINT = new UUID(3, 1);
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant CHANGED = Instant.parse("2026-01-02T00:00:00Z");
  private static final int WEIGHT = 7;

  @Test
  void an_endpoint_has_its_turns_in_the_group_of_its_consumer_by_the_consumers_weight() {
    assertThat(terms(endpoint(CONSUMER)))
        .isEqualTo(
            new Terms(
                PROJECT,
                ENDPOINT,
                CONSUMER,
                WEIGHT,
                DeliveryPolicy.DEFAULT,
                true,
                Rate.of(3),
                CHANGED));
  }

  @Test
  void an_endpoint_without_a_consumer_is_a_group_of_its_own_of_the_least_weight() {
    Terms terms = terms(endpoint(null));

    assertThat(terms.groupId()).isEqualTo(ENDPOINT);
    assertThat(terms.weight()).isEqualTo(Consumer.DEFAULT_WEIGHT);
  }

  @Test
  void to_a_paused_endpoint_nothing_is_sent() {
    assertThat(terms(endpoint(CONSUMER).paused("test")).open()).isFalse();
  }

  private static Terms terms(Endpoint endpoint) {
    Consumer consumer = new Consumer(PROJECT, CONSUMER, "c", WEIGHT, MADE, MADE);
    return Dispatcher.terms(
        endpoint,
        new ProjectView(
            PROJECT,
            "p",
            1,
            Map.of(),
            Map.of(CONSUMER, consumer),
            Map.of(ENDPOINT, endpoint),
            Map.of()));
  }

  private static Endpoint endpoint(@Nullable UUID consumerId) {
    List<String> secrets = List.of("whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    return new Endpoint(
        PROJECT,
        ENDPOINT,
        "e",
        TargetUrl.of("https://example.com/"),
        new Subscription(consumerId, null, List.of(new TypePattern("*"))),
        secrets,
        StandardWebhooks.signer(secrets),
        Security.NONE,
        DeliveryPolicy.DEFAULT,
        Endpoint.DEFAULT_TIMEOUT,
        List.of(),
        Endpoint.Status.ACTIVE,
        null,
        Rate.of(3),
        MADE,
        CHANGED);
  }
}
