package dev.boathook.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void only_what_a_text_column_refuses_is_replaced() {
    assertThat(Text.storable("grün 🚢")).isEqualTo("grün 🚢");
    assertThat(Text.storable("a\u0000b")).isEqualTo("a\uFFFDb");
    assertThat(Text.storable("a\ud83d")).isEqualTo("a\uFFFD");
    assertThat(Text.storable("\ude80b")).isEqualTo("\uFFFDb");
  }
}
