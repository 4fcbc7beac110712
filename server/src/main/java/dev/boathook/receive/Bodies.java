package dev.boathook.receive;

import dev.boathook.world.Ticker;
import io.helidon.webserver.http.ServerRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Reads bodies: each within its limit and a deadline, all within one bound of memory. */
final class Bodies {
  /** From the end of the head to the end of the body. */
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final long MAX_TOTAL_BYTES = 256L << 20;
  private static final int FIRST_CHUNK_BYTES = 8 << 10;

  private final Ticker ticker;
  private final AtomicLong reserved = new AtomicLong();

  Bodies(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Reads the request's body; {@link #release} must follow. */
  Body read(ServerRequest request, int maxBytes) throws IOException {
    OptionalLong length = request.headers().contentLength();
    if (length.isPresent() && length.getAsLong() > maxBytes) {
      return new Body.TooLarge(maxBytes);
    }
    long needed = length.isPresent() ? length.getAsLong() : maxBytes;
    if (reserved.addAndGet(needed) > MAX_TOTAL_BYTES) {
      reserved.addAndGet(-needed);
      return new Body.NoRoom();
    }
    boolean read = false;
    try {
      Body body =
          request.content().hasEntity()
              ? read(request.content().inputStream(), length, maxBytes, needed)
              : new Body.Read(new byte[0], needed);
      read = body instanceof Body.Read;
      return body;
    } finally {
      if (!read) {
        reserved.addAndGet(-needed);
      }
    }
  }

  private Body read(InputStream in, OptionalLong length, int maxBytes, long needed)
      throws IOException {
    long began = ticker.nanoTime();
    // One byte more than allowed shows that a body without a length is too large.
    byte[] bytes = new byte[length.isPresent() ? (int) length.getAsLong() : FIRST_CHUNK_BYTES];
    int filled = 0;
    while (length.isEmpty() || filled < bytes.length) {
      if (filled == bytes.length) {
        if (filled > maxBytes) {
          return new Body.TooLarge(maxBytes);
        }
        bytes = Arrays.copyOf(bytes, (int) Math.min(filled * 2L, maxBytes + 1L));
      }
      int count = in.read(bytes, filled, bytes.length - filled);
      if (count < 0) {
        break;
      }
      filled += count;
      if (ticker.nanoTime() - began > DEADLINE.toNanos()) {
        return new Body.TooSlow(filled);
      }
    }
    if (length.isPresent() && filled < bytes.length) {
      throw new EOFException("the body ended before its length");
    }
    if (filled > maxBytes) {
      return new Body.TooLarge(maxBytes);
    }
    return new Body.Read(filled == bytes.length ? bytes : Arrays.copyOf(bytes, filled), needed);
  }

  /** Gives back the memory of a body that is no longer needed. */
  void release(Body body) {
    if (body instanceof Body.Read read) {
      reserved.addAndGet(-read.reservedBytes());
    }
  }
}
