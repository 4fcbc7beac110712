package dev.boathook.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.outbound.Outcome.TimedOut.Phase;
import dev.boathook.outbound.Outcome.Unreachable.Reason;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OutcomeTest {

  @Test
  void codes_are_stable_and_details_are_short() {
    assertThat(
            Stream.of(
                    new Outcome.Delivered(204),
                    new Outcome.Refused(404, null),
                    new Outcome.Refused(503, Duration.ofMinutes(2)),
                    new Outcome.Gone(),
                    new Outcome.TimedOut(Phase.RESPONSE),
                    new Outcome.Unreachable(Reason.DNS, "x.example: no address"),
                    new Outcome.Blocked("10.0.0.1 is in 10.0.0.0/8 (private)"))
                .map(outcome -> outcome.code() + ": " + outcome.detail()))
        .containsExactly(
            "delivered: HTTP 204",
            "refused: HTTP 404",
            "refused: HTTP 503, retry after 120 s",
            "gone: HTTP 410",
            "timed_out: timed out before a complete response",
            "unreachable: x.example: no address",
            "blocked: 10.0.0.1 is in 10.0.0.0/8 (private)");
    assertThat(Stream.of(Reason.values()).map(Reason::code))
        .containsExactly(
            "dns",
            "connection_refused",
            "no_route",
            "tls",
            "connection_reset",
            "bad_response",
            "token");
  }

  @Test
  void a_detail_from_outside_becomes_one_bounded_line() {
    var outcome = new Outcome.Unreachable(Reason.BAD_RESPONSE, "a\r\nb\u0000" + "x".repeat(9_999));

    assertThat(outcome.detail()).startsWith("a  b x").hasSize(Outcome.MAX_DETAIL_CHARS);
  }

  @Test
  void an_outcome_and_its_status_agree() {
    assertThatThrownBy(() -> new Outcome.Delivered(302))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Outcome.Refused(200, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Outcome.Refused(410, null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Outcome.Refused(503, Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Outcome.Refused(503, Duration.ofDays(2)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
