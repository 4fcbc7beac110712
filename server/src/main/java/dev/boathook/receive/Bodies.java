package dev.boathook.receive;

import dev.boathook.world.Ticker;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads bodies: each within its limit and a deadline, all within one bound of memory. Memory is
 * taken as bytes arrive, never for a length that somebody claims.
 */
final class Bodies {
  /** From the end of the head to the end of the body. */
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final long MAX_TOTAL_BYTES = 256L << 20;
  private static final int HEAP_SHARE = 4;
  private static final int FIRST_CHUNK_BYTES = 4 << 10;

  private final Ticker ticker;
  private final long maxTotalBytes =
      Math.min(MAX_TOTAL_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
  private final AtomicLong taken = new AtomicLong();

  Bodies(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Reads the request's body; {@link #release} must follow. */
  Body read(ServerRequest request, int maxBytes) {
    OptionalLong length = request.headers().contentLength();
    if (length.isPresent() && length.getAsLong() > maxBytes) {
      Drain.some(request.content().inputStream(), ticker);
      return new Body.TooLarge(maxBytes);
    }
    if (!request.content().hasEntity()) {
      return new Body.Read(new byte[0], 0);
    }
    Reading reading = new Reading(request.content().inputStream(), length, maxBytes);
    try {
      Body body = reading.run();
      switch (body) {
        case Body.Read read -> reading.mine = 0; // Handed over: release gives it back.
        case Body.TooLarge tooLarge -> Drain.some(reading.in, ticker);
        case Body.TooSlow tooSlow -> {}
        case Body.Incomplete incomplete -> {}
        case Body.NoRoom noRoom -> {}
      }
      return body;
    } finally {
      taken.addAndGet(-reading.mine);
    }
  }

  /** Forgets the body of a request that is refused for something else. */
  void discard(ServerRequest request) {
    Drain.body(request, ticker);
  }

  /** One body on its way in. */
  private final class Reading {
    private final InputStream in;
    private final OptionalLong length;
    private final int maxBytes;
    private final long began = ticker.nanoTime();
    private byte[] bytes = new byte[0];
    private int filled;
    private long mine;

    Reading(InputStream in, OptionalLong length, int maxBytes) {
      this.in = in;
      this.length = length;
      this.maxBytes = maxBytes;
    }

    Body run() {
      long wanted = length.orElse(maxBytes + 1L);
      while (filled < wanted) {
        if (filled == bytes.length && !grow(wanted)) {
          return new Body.NoRoom();
        }
        int count;
        try {
          count = in.read(bytes, filled, bytes.length - filled);
        } catch (DataReader.InsufficientDataAvailableException | IOException e) {
          return new Body.Incomplete(filled);
        } catch (UncheckedIOException e) {
          return e.getCause() instanceof SocketTimeoutException
              ? new Body.TooSlow(filled)
              : new Body.Incomplete(filled);
        }
        if (count < 0) {
          break;
        }
        filled += count;
        if (ticker.nanoTime() - began > DEADLINE.toNanos()) {
          return new Body.TooSlow(filled);
        }
      }
      if (length.isPresent() && filled < wanted) {
        return new Body.Incomplete(filled);
      }
      if (filled > maxBytes) {
        return new Body.TooLarge(maxBytes);
      }
      return new Body.Read(filled == bytes.length ? bytes : Arrays.copyOf(bytes, filled), mine);
    }

    private boolean grow(long wanted) {
      int size = (int) Math.min(Math.max(bytes.length * 2L, FIRST_CHUNK_BYTES), wanted);
      if (taken.addAndGet(size - bytes.length) > maxTotalBytes) {
        taken.addAndGet(bytes.length - size);
        return false;
      }
      mine += size - bytes.length;
      bytes = Arrays.copyOf(bytes, size);
      return true;
    }
  }

  /** Gives back the memory of a body that is no longer needed. */
  void release(Body body) {
    if (body instanceof Body.Read read) {
      taken.addAndGet(-read.takenBytes());
    }
  }
}
