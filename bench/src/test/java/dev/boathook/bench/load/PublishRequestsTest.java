package dev.boathook.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.bench.load.PublishRequests.Target;
import dev.boathook.publish.Publication;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PublishRequestsTest {
  private static final String KEY = "bhk_secret";
  private static final List<Target> TARGETS =
      List.of(new Target("con_a", "a.made"), new Target("con_b", "b.made"));

  private static Publication publication(byte[] body) {
    Publication.Read read = Publication.read(body);
    assertThat(read).isInstanceOf(Publication.Read.Complete.class);
    return ((Publication.Read.Complete) read).publication();
  }

  private static JsonNode data(byte[] request) {
    return JsonMapper.shared().readTree(publication(SentRequest.parse(request).body()).data());
  }

  @Test
  void each_is_a_publication_with_its_intended_start() {
    Requests requests = new PublishRequests(KEY, TARGETS).forConnection();
    for (long at : new long[] {7, 123_456_789_012L, 9_000_000_000L, 0}) {
      assertThat(data(requests.next(at)).get("at").longValue()).isEqualTo(at);
    }
  }

  @Test
  void targets_have_their_turns() {
    Requests requests = new PublishRequests(KEY, TARGETS).forConnection();
    List<String> lines = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      SentRequest sent = SentRequest.parse(requests.next(i));
      lines.add(sent.line());
      types.add(publication(sent.body()).type());
      assertThat(sent.headers().first("Authorization")).isEqualTo("Bearer " + KEY);
      assertThat(sent.headers().first("Content-Length")).isEqualTo("1024");
      assertThat(sent.body()).hasSize(PublishRequests.BODY_BYTES);
    }
    String a = "POST /v1/consumers/con_a/events HTTP/1.1";
    String b = "POST /v1/consumers/con_b/events HTTP/1.1";
    assertThat(lines).containsExactly(b, a, b, a);
    assertThat(types).containsExactly("b.made", "a.made", "b.made", "a.made");
  }

  @Test
  void no_two_of_a_connection_are_the_same() {
    Requests requests = new PublishRequests(KEY, TARGETS.subList(0, 1)).forConnection();
    Set<String> orders = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      orders.add(data(requests.next(0)).get("order").stringValue());
    }
    assertThat(orders).hasSize(20);
  }

  @Test
  void it_is_for_somebody() {
    assertThatThrownBy(() -> new PublishRequests(KEY, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
