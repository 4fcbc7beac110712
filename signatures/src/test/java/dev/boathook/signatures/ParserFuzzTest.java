package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** The readers of bodies against bytes of any kind; see {@link RequestFuzzTest}. */
class ParserFuzzTest {
  private static final JsonPointers POINTERS = new JsonPointers(List.of("/a", "/a/0/b", "/b~1c"));
  private static final Split SPLIT = JsonSplit.of("/a", "/a/0/b");

  @FuzzTest(maxDuration = "30s")
  void json_is_read_or_not_and_parts_are_json_again(byte[] document) {
    assertThat(JsonScanner.scan(document, POINTERS)).hasSize(3);
    JsonScanner.Range whole = JsonScanner.range(document, "");
    List<byte[]> parts = SPLIT.parts(document);
    if (whole == null) {
      assertThat(parts).isNull();
    }
    if (parts != null && parts.size() <= Reading.Batch.MAX_ITEMS) {
      for (byte[] part : parts) {
        assertThat(SPLIT.parts(part)).hasSize(1);
      }
    }
  }

  @FuzzTest(maxDuration = "30s")
  void forms_and_queries_are_read_or_not(FuzzedDataProvider data) {
    String name = data.consumeAsciiString(8);
    String query = data.consumeString(200);
    String value = Query.single("https://a.example/?" + query, name);
    assertThat(value == null || !value.isEmpty()).isTrue();
    byte[] body = data.consumeRemainingAsBytes();
    byte[] field = FormFields.bytes(body, name);
    assertThat(field == null || field.length <= body.length).isTrue();
  }

  @FuzzTest(maxDuration = "30s")
  void times_are_read_or_not(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    assertThat(EventTime.parse(text))
        .satisfiesAnyOf(time -> assertThat(time).isNull(), time -> assertThat(time).isNotNull());
    for (TimeRule.Unit unit : TimeRule.Unit.values()) {
      var time = unit.parse(text);
      assertThat(time == null || !unit.format(time).isEmpty()).isTrue();
    }
  }
}
