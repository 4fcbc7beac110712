package dev.boathook.signatures;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScannerTest {

  private static List<String> scan(byte[] document, String... pointers) {
    return java.util.Arrays.stream(JsonScanner.scan(document, new JsonPointers(List.of(pointers))))
        .map(String::valueOf)
        .toList();
  }

  private static List<String> scan(String document, String... pointers) {
    return scan(document.getBytes(UTF_8), pointers);
  }

  @Test
  void several_values_are_found_in_one_pass() {
    assertThat(
            scan(
                " {\"x\":[1,{\"id\":0}],\"data\":{\"object\":{\"id\":\"o\"},\"n\":-1.5e3},"
                    + "\"yes\":true,\"no\":false,\"nil\":null,\"id\":\"1\"} \n",
                "/id",
                "/data/object/id",
                "/data/n",
                "/yes",
                "/no",
                "/nil",
                "/data",
                "/data/object",
                "/x/1/id",
                "/x/0",
                "/x/2",
                "/absent/id"))
        .containsExactly(
            "1", "o", "-1.5e3", "true", "false", "null", "null", "null", "0", "1", "null", "null");
  }

  @Test
  void escapes_are_resolved_in_values_and_names() {
    assertThat(
            scan(
                "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude80\",\"\\u0069d\":\"x\","
                    + "\"a/b\":1,\"m~n\":2,\"\":3,\"z\":\"Zo\u00eb \ud83d\ude80\"}",
                "/a",
                "/id",
                "/a~1b",
                "/m~0n",
                "/",
                "/z"))
        .containsExactly(
            "\"\\/\b\f\n\r\té\ud83d\ude80", "x", "1", "2", "3", "Zo\u00eb \ud83d\ude80");
  }

  @Test
  void a_byte_order_mark_is_skipped() {
    assertThat(scan("\ufeff{\"id\":1}", "/id")).containsExactly("1");
  }

  @Test
  void of_equal_keys_the_last_wins_with_all_below_it() {
    assertThat(scan("{\"id\":1,\"id\":2}", "/id")).containsExactly("2");
    assertThat(scan("{\"id\":1,\"id\":null}", "/id")).containsExactly("null");
    assertThat(scan("{\"a\":{\"b\":1},\"a\":{\"c\":2}}", "/a/b", "/a/c"))
        .containsExactly("null", "2");
  }

  @Test
  void a_text_that_is_no_unicode_counts_as_absent() {
    assertThat(scan("{\"a\":\"\\ud83d\",\"b\":\"\\ude80\\ud83d\",\"c\":1}", "/a", "/b", "/c"))
        .containsExactly("null", "null", "1");
    assertThat(scan("{\"a\":\"\u00e9\",\"c\":1}".getBytes(ISO_8859_1), "/a", "/c"))
        .containsExactly("null", "1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"id\":1",
        "{\"id\":1}}",
        "{\"id\":1} x",
        "{\"id\":1,}",
        "{\"id\" 1}",
        "{id:1}",
        "{'id':1}",
        "{\"id\":01}",
        "{\"id\":1.}",
        "{\"id\":.5}",
        "{\"id\":+1}",
        "{\"id\":1e}",
        "{\"id\":-}",
        "{\"id\":1,\"a\":nul}",
        "{\"id\":1,\"a\":NaN}",
        "{\"id\":1,\"a\":[1,]}",
        "{\"id\":1,\"a\":[1 2]}",
        "{\"id\":1,\"a\":\"\\x\"}",
        "{\"id\":1,\"a\":\"\\u12g4\"}",
        "{\"id\":1,\"a\":\"\\u12",
        "{\"id\":1,\"a\":\"\\",
        "{\"id\":1,\"a\":\"\t\"}",
        "[",
        "id=1",
      })
  void a_malformed_document_has_no_values(String document) {
    assertThat(scan(document, "/id")).containsExactly("null");
  }

  @Test
  void nesting_is_bounded() {
    String deep = "[".repeat(63) + "]".repeat(63);
    assertThat(scan("{\"id\":1,\"a\":" + deep + "}", "/id")).containsExactly("1");
    assertThat(scan("{\"id\":1,\"a\":[" + deep + "]}", "/id")).containsExactly("null");
    assertThat(scan("{\"id\":1,\"a\":" + "[".repeat(1_000_000), "/id")).containsExactly("null");
  }

  @Test
  void no_mutation_makes_it_throw() {
    byte[] document =
        "{\"id\":\"\\u00e9\\n\",\"a\":[1,2.5e-3,{\"b\":null}],\"c\":{\"d\":\"\ud83d\ude80\"},\"e\":true}"
            .getBytes(UTF_8);
    byte[] alphabet = "{}[]\",:\\u0d8e+-.tfn \u00e9".getBytes(UTF_8);
    Random random = new Random(7);
    int readable = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] mutated = document.clone();
      for (int edits = random.nextInt(4); edits >= 0; edits--) {
        mutated[random.nextInt(mutated.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : alphabet[random.nextInt(alphabet.length)];
      }
      mutated = java.util.Arrays.copyOf(mutated, 1 + random.nextInt(mutated.length));
      if (!scan(mutated, "/id", "/a/2/b", "/c/d", "/e").getFirst().equals("null")) {
        readable++;
      }
    }
    assertThat(readable).isBetween(1, 100_000);
  }
}
