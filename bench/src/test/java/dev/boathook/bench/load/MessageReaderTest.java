package dev.boathook.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MessageReaderTest {
  private static final byte[] NAME = Ascii.bytes("webhook-id");

  private static MessageReader reading(String text) {
    return new MessageReader(new ByteArrayInputStream(Ascii.bytes(text)));
  }

  /** As if each byte came in a packet of its own. */
  private static MessageReader dripping(String text) {
    InputStream whole = new ByteArrayInputStream(Ascii.bytes(text));
    return new MessageReader(
        new InputStream() {
          @Override
          public int read() throws IOException {
            return whole.read();
          }

          @Override
          public int read(byte[] target, int from, int length) throws IOException {
            return whole.read(target, from, Math.min(1, length));
          }
        });
  }

  private static String text(MessageReader reader, int from, int to) {
    return new String(reader.bytes(), from, to - from, StandardCharsets.US_ASCII);
  }

  private static String body(MessageReader reader) {
    return text(reader, reader.bodyStart(), reader.bodyEnd());
  }

  @Test
  void messages_follow_one_another_however_they_are_cut() throws IOException {
    String both =
        "POST /a HTTP/1.1\r\nWebhook-ID:  one \r\nContent-Length: 5\r\n\r\nfirst"
            + "POST /b HTTP/1.1\r\ncontent-length: 6\r\nwebhook-id: two\r\n\r\nsecond";
    for (MessageReader reader : new MessageReader[] {reading(both), dripping(both)}) {
      assertThat(reader.read()).isTrue();
      int id = reader.value(NAME);
      assertThat(text(reader, id, reader.lineEnd(id))).isEqualTo("one ");
      assertThat(body(reader)).isEqualTo("first");
      assertThat(reader.startsWith(Ascii.bytes("POST /a "))).isTrue();
      assertThat(reader.read()).isTrue();
      id = reader.value(NAME);
      assertThat(text(reader, id, reader.lineEnd(id))).isEqualTo("two");
      assertThat(body(reader)).isEqualTo("second");
      assertThat(reader.read()).isFalse();
    }
  }

  @Test
  void a_long_body_is_read_to_its_end_and_kept_in_part() throws IOException {
    String body = "x".repeat(MessageReader.MAX_BODY_BYTES);
    MessageReader reader =
        reading(
            "HTTP/1.1 200 OK\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body
                + "HTTP/1.1 204 No Content\r\n\r\n");
    assertThat(reader.read()).isTrue();
    assertThat(reader.status()).isEqualTo(200);
    assertThat(reader.bodyEnd()).isEqualTo(MessageReader.MAX_KEPT_BYTES);
    assertThat(reader.read()).isTrue();
    assertThat(reader.status()).isEqualTo(204);
  }

  @Test
  void a_header_is_not_found_by_a_part_of_its_name() throws IOException {
    MessageReader reader =
        reading("GET / HTTP/1.1\r\nwebhook-identity: a\r\nx-webhook-id: b\r\nwebhook-i\r\n\r\n");
    assertThat(reader.read()).isTrue();
    assertThat(reader.value(NAME)).isEqualTo(-1);
  }

  @Test
  void the_last_message_says_so() throws IOException {
    MessageReader reader =
        reading(
            """
            GET / HTTP/1.1\r
            Connection: keep-alive\r
            \r
            GET / HTTP/1.1\r
            \r
            GET / HTTP/1.1\r
            connection: Close\r
            \r
            """);
    assertThat(reader.read()).isTrue();
    assertThat(reader.isLast()).isFalse();
    assertThat(reader.read()).isTrue();
    assertThat(reader.isLast()).isFalse();
    assertThat(reader.read()).isTrue();
    assertThat(reader.isLast()).isTrue();
  }

  @Test
  void what_is_not_read_is_refused() {
    for (String text :
        new String[] {
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
          "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
          "HTTP/1.1 200 OK\r\nContent-",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfour",
          "HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(MessageReader.MAX_LINES) + "\r\n",
          "HTTP/1.1 200 " + "O".repeat(MessageReader.MAX_KEPT_BYTES)
        }) {
      assertThatThrownBy(() -> reading(text).read()).isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void what_is_no_answer_has_no_status() throws IOException {
    for (String text :
        new String[] {
          "HTTP/1.1 200 OK\r\n\r\n",
          "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
          "HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
          "\r\n"
        }) {
      MessageReader reader = reading(text);
      assertThat(reader.read()).isTrue();
      assertThatThrownBy(reader::status).isInstanceOf(ProtocolException.class);
    }
  }
}
