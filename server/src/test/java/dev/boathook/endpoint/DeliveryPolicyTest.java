package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.endpoint.DeliveryPolicy.TypedRetries;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryPolicyTest {
  private static final TypedRetries PAYMENTS = typed(1, "payment.*", "refund");
  private static final TypedRetries PAID = typed(2, "*.paid");

  @ParameterizedTest
  @CsvSource({
    "payment.made, 1",
    "refund, 1",
    "payment.paid, 1",
    "invoice.paid, 2",
    "invoice.made, 10",
    "refunds, 10"
  })
  void the_first_entry_whose_types_match_says_when_tries_are_made(String type, int tries) {
    DeliveryPolicy policy = policy(List.of(PAYMENTS, PAID), List.of(), 1, null);

    assertThat(policy.retries(type).schedule().waits()).hasSize(tries);
  }

  @Test
  void what_is_final_is_named_and_nothing_is_final_by_default() {
    DeliveryPolicy policy =
        policy(List.of(), List.of(new StatusPattern("404"), new StatusPattern("5xx")), 1, null);

    for (int status = 300; status <= 599; status++) {
      assertThat(policy.isFinal(status)).isEqualTo(status == 404 || status >= 500);
      assertThat(DeliveryPolicy.DEFAULT.isFinal(status)).isFalse();
    }
  }

  @Test
  void the_limits_themselves_are_allowed_and_nothing_beyond_them() {
    List<TypedRetries> typed = Collections.nCopies(DeliveryPolicy.MAX_TYPED_RETRIES, PAID);
    List<StatusPattern> statuses =
        Collections.nCopies(DeliveryPolicy.MAX_FINAL_STATUSES, new StatusPattern("404"));
    Duration month = DeliveryPolicy.MAX_DISABLE_AFTER;
    DeliveryPolicy most = policy(typed, statuses, DeliveryPolicy.MAX_MAX_IN_FLIGHT, month);
    assertThat(most.retriesByType()).hasSize(DeliveryPolicy.MAX_TYPED_RETRIES);

    assertThatThrownBy(() ->
            policy(
                Collections.nCopies(DeliveryPolicy.MAX_TYPED_RETRIES + 1, PAID),
                List.of(),
                1,
                null))
        .hasMessage("at most 20 retries by type");
    assertThatThrownBy(() ->
            policy(
                List.of(),
                Collections.nCopies(
                    DeliveryPolicy.MAX_FINAL_STATUSES + 1, new StatusPattern("404")),
                1,
                null))
        .hasMessage("at most 50 final statuses");
    for (int maxInFlight : new int[] {0, -1, DeliveryPolicy.MAX_MAX_IN_FLIGHT + 1}) {
      assertThatThrownBy(() -> policy(List.of(), List.of(), maxInFlight, null))
          .hasMessage("max_in_flight is 1 to 256");
    }
    for (Duration after : List.of(Duration.ZERO, Duration.ofMillis(-1), month.plusMillis(1))) {
      assertThatThrownBy(() -> policy(List.of(), List.of(), 1, after))
          .hasMessageStartingWith("an endpoint is disabled after more than 0 and at most 2592000");
    }
    assertThatThrownBy(() -> typed(1)).hasMessage("retries by type need at least one type");
  }

  private static TypedRetries typed(int tries, String... types) {
    return new TypedRetries(
        List.of(types).stream().map(TypePattern::new).toList(),
        RetryPolicy.of(new RetrySchedule(Collections.nCopies(tries, Duration.ZERO))));
  }

  private static DeliveryPolicy policy(
      List<TypedRetries> typed,
      List<StatusPattern> finalStatuses,
      int maxInFlight,
      @Nullable Duration disableAfter) {
    return new DeliveryPolicy(
        Order.UNORDERED,
        RetryPolicy.DEFAULT,
        typed,
        finalStatuses,
        maxInFlight,
        null,
        CircuitBreaker.DEFAULT,
        disableAfter);
  }
}
