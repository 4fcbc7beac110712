package dev.boathook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicationTest {
  private static Publication.Read read(String text) {
    return Publication.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e400",
        "-0",
        "1.10",
        "9223372036854775807",
        "123456789012345678901234567890",
        "null",
        "true",
        "\"\"",
        "\"\\u0041\\/é😀\\ud800\"",
        "[ 1 ,2,\n\t3 ]",
        "{ \"b\" : 1.0 , \"a\":{\"b\":[]}, \"a\" : 2 }"
      })
  void the_data_is_kept_byte_by_byte_wherever_it_stands(String data) {
    for (String form :
        new String[] {
          "{\"data\":%s,\"type\":\"é.t\"}",
          "{\"type\":\"é.t\",\"data\":%s}",
          " {\n\"type\" : \"é.t\" , \"data\" :\t%s \n, \"key\" : null }\n"
        }) {
      assertThat(read(form.formatted(data)))
          .isInstanceOfSatisfying(
              Publication.Read.Complete.class,
              complete -> {
                assertThat(complete.publication().data())
                    .isEqualTo(data.getBytes(StandardCharsets.UTF_8));
                assertThat(complete.publication().type()).isEqualTo("é.t");
              });
    }
  }

  @Test
  void a_long_number_and_a_long_text_are_kept() {
    String data = "[" + "7".repeat(20_000) + ",\"" + "x".repeat(100_000) + "\"]";
    assertThat(read("{\"type\":\"t\",\"data\":" + data + "}"))
        .isInstanceOfSatisfying(
            Publication.Read.Complete.class,
            complete ->
                assertThat(new String(complete.publication().data(), StandardCharsets.UTF_8))
                    .isEqualTo(data));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{\"type\":\"t\",\"data\":1",
        "{\"type\":\"t\",\"data\":1}}",
        "{\"type\":\"t\",\"data\":1} {}",
        "{\"type\":\"t\",\"data\":01}",
        "{\"type\":\"t\",\"data\":NaN}",
        "{\"type\":\"t\",\"data\":'x'}",
        "{\"type\":\"t\",\"data\":[1,]}",
        "{\"type\":\"t\",\"data\":1,}",
        "{\"type\":\"t\",\"data\":{\"a\":}}",
        "{\"type\":\"t\",\"data\":\"\\x\"}",
        "{\"type\":\"t\",\"data\":\"\n\"}",
        "{\"type\":\"t\",\"type\":\"u\",\"data\":1}",
        "{\"type\":\"t\",\"data\":1,\"data\":1}",
        "{\"type\":\"t\",/* no */\"data\":1}",
        "\uFEFF{\"type\":\"t\",\"data\":1}",
        "\0{\0}"
      })
  void what_is_not_one_strict_json_object_is_malformed(String text) {
    assertThat(read(text)).isInstanceOf(Publication.Read.Malformed.class);
  }

  @Test
  void where_it_is_not_json_is_said() {
    assertThat(read("{\"type\":\"t\",\n\"data\":1,}"))
        .isEqualTo(new Publication.Read.Malformed("the body is not JSON (line 2, column 10)"));
  }

  @Test
  void invalid_utf_8_is_malformed() {
    byte[] body = "{\"type\":\"t\",\"data\":\"x\"}".getBytes(StandardCharsets.UTF_8);
    body[body.length - 3] = (byte) 0xc0;
    assertThat(Publication.read(body)).isInstanceOf(Publication.Read.Malformed.class);
  }

  @Test
  void nesting_is_limited() {
    int inData = Publication.MAX_DEPTH - 1;
    String deep = "[".repeat(inData) + "]".repeat(inData);
    assertThat(read("{\"type\":\"t\",\"data\":" + deep + "}"))
        .isInstanceOf(Publication.Read.Complete.class);
    assertThat(read("{\"type\":\"t\",\"data\":[" + deep + "]}"))
        .isInstanceOf(Publication.Read.Malformed.class);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`{\"data\":1}`, type",
        "`{\"type\":null,\"data\":1}`, type",
        "`{\"type\":1,\"data\":1}`, type",
        "`{\"type\":\"\",\"data\":1}`, type",
        "`{\"type\":\"a\\u0000\",\"data\":1}`, type",
        "`{\"type\":\"a\\ud800\",\"data\":1}`, type",
        "`{\"type\":\"a.*\",\"data\":1}`, type",
        "`{\"type\":\"t\"}`, data",
        "`{\"type\":\"t\",\"id\":7,\"data\":1}`, id",
        "`{\"type\":\"t\",\"key\":{},\"data\":1}`, key"
      })
  void a_missing_or_wrong_field_is_named(String text, String field) {
    assertThat(read(text))
        .isInstanceOfSatisfying(
            Publication.Read.Invalid.class,
            invalid -> assertThat(invalid.field()).isEqualTo(field));
  }

  @Test
  void an_unknown_field_is_named() {
    assertThat(read("{\"type\":\"t\",\"data\":1,\"tpye\":2}"))
        .isEqualTo(new Publication.Read.UnknownField("tpye"));
  }
}
