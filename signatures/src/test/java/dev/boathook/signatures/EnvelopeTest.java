package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.post;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
  private static final Provider PROVIDER =
      Providers.named(
          "hmac",
          Map.of(
              "header",
              "X",
              "id",
              "json:/id",
              "type",
              "json:/type",
              "key",
              "json:/key",
              "time",
              "json:/time"));

  private static Envelope read(String field, String value) {
    return envelope(Requests.read(PROVIDER, post("{\"" + field + "\":\"" + value + "\"}")));
  }

  @Test
  void texts_up_to_the_limit_stay_as_they_are() {
    String text = "x".repeat(255);
    assertThat(read("id", text).dedupeKey()).isEqualTo(text);
    assertThat(read("type", text).type()).isEqualTo(text);
    assertThat(read("key", text).key()).isEqualTo(text);
  }

  @Test
  void longer_ids_and_keys_become_hashes_and_longer_types_are_cut() {
    String text = "x".repeat(256);
    assertThat(read("id", text).providerEventId())
        .startsWith("sha256:")
        .hasSize(71)
        .isNotEqualTo(read("id", text + "y").providerEventId());
    assertThat(read("key", text).key()).startsWith("sha256:");
    assertThat(read("type", text).type()).hasSize(255);
    assertThat(read("type", "x".repeat(254) + "\ud83d\ude80").type()).hasSize(254);
  }

  @Test
  void control_characters_never_come_through() {
    assertThat(read("id", "a\\u0000b").providerEventId()).startsWith("sha256:");
    assertThat(read("key", "a\\nb").key()).startsWith("sha256:");
    assertThat(read("type", "a\\u0000b").type()).isEqualTo("a\ufffdb");
  }

  @Test
  void empty_texts_count_as_absent() {
    assertThat(read("id", "").providerEventId()).isNull();
    assertThat(read("type", "").type()).isEqualTo("unknown");
    assertThat(read("key", "").key()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "1700000000, 2023-11-14T22:13:20Z",
    "1700000000.123, 2023-11-14T22:13:20Z",
    "1700000000123, 2023-11-14T22:13:20.123Z",
    "2023-11-14T22:13:20Z, 2023-11-14T22:13:20Z",
    "2019-11-20T14:35:36+01:00, 2019-11-20T13:35:36Z",
  })
  void a_time_is_read_in_its_usual_forms(String text, Instant time) {
    assertThat(read("time", text).time()).isEqualTo(time);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "-1",
        "1e9",
        "2023-11-14",
        "99999999999999999999",
        "+999999999-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z"
      })
  void what_is_no_time_is_left_out(String text) {
    assertThat(read("time", text).time()).isNull();
  }

  @Test
  void a_time_without_a_zone_counts_only_where_it_is_known_to_be_in_utc() {
    assertThat(EventTime.parse("2017-06-21T01:15:39.902")).isNull();
    assertThat(EventTime.parse(EventTime.inUtc("2017-06-21T01:15:39.902")))
        .isEqualTo(Instant.parse("2017-06-21T01:15:39.902Z"));
    assertThat(EventTime.inUtc("2017-06-21T01:15:39+02:00")).isEqualTo("2017-06-21T01:15:39+02:00");
    assertThat(EventTime.inUtc("x")).isEqualTo("x");
    assertThat(EventTime.inUtc(null)).isNull();
  }

  @Test
  void the_offset_of_a_time_may_lack_its_colon() {
    Instant time = Instant.parse("2015-10-05T21:42:19Z");
    assertThat(EventTime.parse("2015-10-05T14:42:19-0700")).isEqualTo(time);
    assertThat(EventTime.parse("2015-10-05T14:42:19-07:00")).isEqualTo(time);
    assertThat(EventTime.parse("2015-10-05t21:42:19z")).isEqualTo(time);
    assertThat(EventTime.parse("2015-10-05T14:42:19-07")).isNull();
  }
}
