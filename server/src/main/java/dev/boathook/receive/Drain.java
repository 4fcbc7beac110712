package dev.boathook.receive;

import dev.boathook.world.Ticker;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes what is not wanted, so that whoever sends it hears the answer. */
public final class Drain {
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
  private static final long MAX_BYTES = 8L << 20;
  private static final Duration MAX_TIME = Duration.ofSeconds(2);
  private static final int CHUNK_BYTES = 4 << 10;

  private Drain() {}

  /**
   * Reads on a little and forgets it, 8 MiB or 2 s at most: whoever still sends while we close
   * would lose our answer to a reset of the connection.
   */
  public static void some(InputStream in, Ticker ticker) {
    byte[] scratch = new byte[CHUNK_BYTES];
    long began = ticker.nanoTime();
    long drained = 0;
    try {
      int count = in.read(scratch);
      while (count >= 0 && drained < MAX_BYTES && ticker.nanoTime() - began < MAX_TIME.toNanos()) {
        drained += count;
        count = in.read(scratch);
      }
    } catch (DataReader.InsufficientDataAvailableException | IOException | UncheckedIOException e) {
      LOG.debug("whoever sent a body that is not wanted has gone", e);
    }
  }

  /** The same with the body of a request that is refused before anything of it was read. */
  public static void body(ServerRequest request, Ticker ticker) {
    if (request.content().hasEntity()) {
      some(request.content().inputStream(), ticker);
    }
  }
}
