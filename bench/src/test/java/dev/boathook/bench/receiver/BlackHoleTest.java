package dev.boathook.bench.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import org.junit.jupiter.api.Test;

class BlackHoleTest {
  @Test
  void it_takes_all_and_says_nothing_until_its_end() throws IOException {
    BlackHole hole = BlackHole.start();
    URI url = URI.create(hole.url("/dead"));
    assertThat(url.getPath()).isEqualTo("/dead");
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      // More than the buffers of a connection hold.
      socket.getOutputStream().write(new byte[16 << 20]);
      socket.setSoTimeout(100);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      hole.close();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } finally {
      hole.close();
    }
  }
}
