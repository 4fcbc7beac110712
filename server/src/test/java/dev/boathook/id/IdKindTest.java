package dev.boathook.id;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdKindTest {
  @Test
  void an_id_is_read_as_it_was_written() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      UUID id = new UUID(random.nextLong(), random.nextLong());
      String text = IdKind.EVENT.format(id);
      assertThat(text).matches("evt_[0-9a-z]{26}");
      assertThat(IdKind.EVENT.parse(text)).hasValue(id);
    }
  }

  @Test
  void texts_sort_as_the_ids_do() {
    String earlier = IdKind.EVENT.format(new UUID(0x0190_0000_0000_7000L, -1));
    String later = IdKind.EVENT.format(new UUID(0x0190_0000_0000_7001L, 1));

    assertThat(earlier).isLessThan(later);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "evt_",
        "evt",
        "src_01m80ydf8ce00a2cgmyazf26g7",
        "evt_01m80ydf8ce00a2cgmyazf26g",
        "evt_01m80ydf8ce00a2cgmyazf26g77",
        "evt_81m80ydf8ce00a2cgmyazf26g7",
        "evt_01M80YDF8CE00A2CGMYAZF26G7",
        "evt_01m80ydf8ce00a2cgmyazf26gu",
        "evtx01m80ydf8ce00a2cgmyazf26g7"
      })
  void what_is_not_of_the_form_is_no_id(String text) {
    assertThat(IdKind.EVENT.parse(text)).isEmpty();
  }

  @Test
  void bytes_are_written_five_bits_a_character() {
    assertThat(Base32.encode("foobar".getBytes(UTF_8))).isEqualTo("csqpyrk1e8");
    assertThat(Base32.encode(new byte[16])).hasSize(26);
    assertThat(Base32.encode(new byte[0])).isEmpty();
  }
}
