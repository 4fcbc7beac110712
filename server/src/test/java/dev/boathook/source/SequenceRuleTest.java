package dev.boathook.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.signatures.Place;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SequenceRuleTest {
  private static SequenceRule rule(
      SequenceRule.Kind kind, String at, @Nullable Long startsAt, int waitSeconds) {
    return new SequenceRule(
        kind,
        Place.parse(at),
        null,
        startsAt,
        Duration.ofSeconds(waitSeconds),
        10,
        SequenceRule.Late.DELIVER);
  }

  @ParameterizedTest
  @CsvSource({
    "NUMBER, 7, 7",
    "NUMBER, ' 7 ', 7",
    "NUMBER, 9223372036854775807, 9223372036854775807",
    "NUMBER, 9223372036854775808,",
    "NUMBER, -1,",
    "NUMBER, 7.0,",
    "NUMBER, seven,",
    "VERSION, 1700000000123, 1700000000123",
    "TIME, 1970-01-01T00:00:01.5Z, 1500000000",
    "TIME, 1970-01-01T01:00:00+01:00, 0",
    "TIME, 1700000000, 1700000000000000000",
    "TIME, 9999-01-01T00:00:00Z,",
    "TIME, yesterday,",
  })
  void a_position_is_read_or_there_is_none(
      SequenceRule.Kind kind, String text, @Nullable Long position) {
    assertThat(rule(kind, "json:/n", null, 60).position(text))
        .isEqualTo(position == null ? OptionalLong.empty() : OptionalLong.of(position));
  }

  @Test
  void another_place_or_start_begins_another_series_and_another_patience_does_not() {
    long series = rule(SequenceRule.Kind.NUMBER, "json:/n", null, 60).series();

    assertThat(rule(SequenceRule.Kind.NUMBER, "json:/n", null, 5).series()).isEqualTo(series);
    assertThat(rule(SequenceRule.Kind.NUMBER, "json:/m", null, 60).series()).isNotEqualTo(series);
    assertThat(rule(SequenceRule.Kind.NUMBER, "json:/n", 1L, 60).series()).isNotEqualTo(series);
    assertThat(rule(SequenceRule.Kind.VERSION, "json:/n", null, 60).series()).isNotEqualTo(series);
  }

  @Test
  void a_rule_has_its_limits() {
    assertThatThrownBy(() -> rule(SequenceRule.Kind.NUMBER, "json:/n", null, 0))
        .hasMessageContaining("wait_seconds");
    assertThatThrownBy(() -> rule(SequenceRule.Kind.NUMBER, "json:/n", null, 86_401))
        .hasMessageContaining("wait_seconds");
    assertThatThrownBy(() -> rule(SequenceRule.Kind.VERSION, "json:/n", 1L, 60))
        .hasMessageContaining("starts_at");
    assertThatThrownBy(() -> rule(SequenceRule.Kind.NUMBER, "json:/n", -1L, 60))
        .hasMessageContaining("starts_at");
  }
}
