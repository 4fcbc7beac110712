package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.ArrayList;
import java.util.List;

/**
 * Whatever stands in a request, every provider has a verdict and a reading for it, and nothing is
 * thrown. In a build this runs over what is kept as its seeds; {@code JAZZER_FUZZ=1} makes it look
 * for more, as CONTRIBUTING.md says.
 */
class RequestFuzzTest {
  private static final int MAX_LINES = 8;
  private static final int MAX_VALUE_LENGTH = 300;
  private static final List<Vector> VECTORS = Vector.all();

  /** A genuine request of some provider, of which any part may be another. */
  @FuzzTest(maxDuration = "60s")
  void every_request_has_a_verdict_and_a_reading(FuzzedDataProvider data) {
    Vector vector = VECTORS.get(data.consumeInt(0, VECTORS.size() - 1));
    Provider provider = vector.provider().fetching(vector.remoteKeys());
    WebhookRequest request = changed(vector.request(), data);
    Verdict verdict = provider.verifier(vector.secrets()).verify(request, vector.now());
    assertThat(verdict).isNotNull();
    assertThat(provider.greeting(request)).isNotNull();
    String secret = vector.secrets().isEmpty() ? "" : vector.secrets().getFirst();
    assertThat(provider.read(request, secret)).isNotNull();
    assertThat(provider.accepted(request)).isNotNull();
    assertThat(provider.replyLimit(request)).isNotNull();
  }

  private static WebhookRequest changed(WebhookRequest genuine, FuzzedDataProvider data) {
    List<Headers.Line> lines = new ArrayList<>();
    for (Headers.Line line : genuine.headers()) {
      switch (data.consumeInt(0, 4)) {
        case 0 -> {}
        case 1 -> lines.add(new Headers.Line(line.name(), data.consumeString(MAX_VALUE_LENGTH)));
        case 2 -> lines.add(new Headers.Line(line.name(), spliced(line.value(), data)));
        default -> lines.add(line);
      }
    }
    for (int i = data.consumeInt(0, MAX_LINES); i > 0 && !lines.isEmpty(); i--) {
      Headers.Line again = lines.get(data.consumeInt(0, lines.size() - 1));
      lines.add(new Headers.Line(again.name(), data.consumeString(MAX_VALUE_LENGTH)));
    }
    String url = data.consumeBoolean() ? genuine.url() : spliced(genuine.url(), data);
    String method = data.consumeBoolean() ? genuine.method() : data.consumeAsciiString(8);
    byte[] body = data.consumeBoolean() ? genuine.body() : data.consumeRemainingAsBytes();
    return new WebhookRequest(method, url, Headers.of(lines), body);
  }

  private static String spliced(String text, FuzzedDataProvider data) {
    int from = data.consumeInt(0, text.length());
    int to = data.consumeInt(from, text.length());
    return text.substring(0, from) + data.consumeString(MAX_VALUE_LENGTH) + text.substring(to);
  }
}
