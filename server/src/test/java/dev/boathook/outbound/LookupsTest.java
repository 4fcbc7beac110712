package dev.boathook.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LookupsTest {
  private static final int HANGING = 200;

  @Test
  void names_that_hang_do_not_keep_another_waiting() throws Exception {
    InetAddress address = InetAddress.ofLiteral("192.0.2.1");
    CountDownLatch hanging = new CountDownLatch(HANGING);
    CountDownLatch ended = new CountDownLatch(1);
    Resolver resolver =
        host -> {
          if (host.startsWith("hangs")) {
            hanging.countDown();
            await(ended);
          }
          return List.of(address);
        };
    try (Lookups lookups = new Lookups(resolver)) {
      for (int i = 0; i < HANGING; i++) {
        String host = "hangs" + i + ".example";
        assertThatThrownBy(() -> lookups.resolve(host, 1)).isInstanceOf(TimeoutException.class);
      }

      assertThat(lookups.resolve("well.example", TimeUnit.SECONDS.toNanos(5)))
          .containsExactly(address);
      assertThat(hanging.await(5, TimeUnit.SECONDS)).isTrue();
    } finally {
      ended.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
