package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.post;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A request with more events than are taken apart. */
class ManyEventsTest {
  private static final Provider SENDGRID = Providers.named("sendgrid");

  private static WebhookRequest events(int count) {
    return post(
        IntStream.range(0, count)
            .mapToObj(i -> "{\"sg_event_id\":\"e" + i + "\",\"event\":\"open\"}")
            .collect(Collectors.joining(",", "[", "]")),
        "Content-Type",
        "application/json");
  }

  @Test
  void as_many_as_may_be_are_events_of_their_own() {
    assertThat(Requests.read(SENDGRID, events(1024)))
        .isInstanceOfSatisfying(
            Reading.Batch.class,
            batch -> {
              assertThat(batch.items()).hasSize(1024);
              assertThat(batch.items().getLast().envelope().dedupeKey()).isEqualTo("e1023");
            });
  }

  @Test
  void one_more_is_one_event_that_nothing_of_its_first_is_said_of() {
    Envelope many = envelope(Requests.read(SENDGRID, events(1025)));
    assertThat(many.type()).isEqualTo(Envelope.BATCH_TYPE);
    assertThat(many.providerEventId()).isNull();
    assertThat(many.key()).isNull();

    Envelope first = envelope(Requests.read(SENDGRID, events(1025)));
    Envelope other = envelope(Requests.read(SENDGRID, events(1026)));
    assertThat(many.dedupeKey()).startsWith("sha256:").isEqualTo(first.dedupeKey());
    assertThat(other.dedupeKey()).isNotEqualTo(many.dedupeKey());
  }
}
