package dev.boathook.deliver;

import dev.boathook.outbound.AttemptResult;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.Outcome;
import dev.boathook.world.Ticker;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for what an endpoint answers to the first attempt of a delivery. The delivery
 * knows nothing of them: it is tried, recorded and repeated like any other. They are told when the
 * attempt has ended, before it is recorded; when another node makes it, once it has been recorded.
 * Safe for many threads at once.
 */
public final class Replies {
  /** The most who wait at once, over all projects. */
  public static final int MAX_WAITING = 1_024;

  private static final String CONTENT_TYPE = "content-type";

  private final Ticker ticker;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ConcurrentMap<UUID, Waiter> byDelivery = new ConcurrentHashMap<>();

  /** Nobody waits yet. */
  public Replies(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Begins to wait; the limit runs from now. Past the most who may, one is told at once. */
  public Waiter waiter(ReplyRequest request) {
    boolean hasRoom = waiting.incrementAndGet() <= MAX_WAITING;
    Waiter waiter = new Waiter(request);
    if (!hasRoom) {
      waiter.none(Reply.None.Reason.TOO_MANY, "too many wait for replies");
    }
    return waiter;
  }

  /** How many wait. */
  public int waiting() {
    return waiting.get();
  }

  /** How many of them wait for a certain delivery's attempt to end. */
  public int expecting() {
    return byDelivery.size();
  }

  /** An attempt of this delivery has ended. */
  void ended(UUID deliveryId, AttemptResult result) {
    Waiter waiter = byDelivery.remove(deliveryId);
    if (waiter != null) {
      waiter.reply.complete(reply(result));
    }
  }

  /** No attempt of this delivery has come to an answer. */
  void none(UUID deliveryId, Reply.None.Reason reason, String detail) {
    Waiter waiter = byDelivery.remove(deliveryId);
    if (waiter != null) {
      waiter.none(reason, detail);
    }
  }

  /** Whether somebody waits for this delivery's attempt to end. */
  boolean expects(UUID deliveryId) {
    return byDelivery.containsKey(deliveryId);
  }

  /** The attempt was made by another node, which has recorded it. */
  void recorded(UUID deliveryId, RecordedAttempt attempt) {
    Waiter waiter = byDelivery.remove(deliveryId);
    if (waiter != null) {
      waiter.reply.complete(reply(attempt));
    }
  }

  private static Reply reply(AttemptResult result) {
    if (!(result.outcome() instanceof Outcome.Delivered delivered)) {
      return new Reply.None(Reply.None.Reason.FAILED, result.outcome().detail());
    }
    String contentType =
        result.responseHeaders().stream()
            .filter(header -> header.name().equalsIgnoreCase(CONTENT_TYPE))
            .map(HttpHeader::value)
            .findFirst()
            .orElse("");
    return answer(delivered.status(), contentType, result.responseBody(), result.truncated());
  }

  private static Reply reply(RecordedAttempt attempt) {
    Integer status = attempt.status();
    if (status == null || !attempt.outcome().equals(Outcome.Delivered.CODE)) {
      return new Reply.None(Reply.None.Reason.FAILED, attempt.detail());
    }
    String contentType = attempt.responseHeaders().first(CONTENT_TYPE);
    return answer(
        status,
        contentType == null ? "" : contentType,
        attempt.responseBody(),
        attempt.responseTruncated());
  }

  private static Reply answer(int status, String contentType, byte[] body, boolean truncated) {
    return truncated
        ? new Reply.None(Reply.None.Reason.CUT, "the answer is too long or broke off")
        : new Reply.Answer(status, contentType, body);
  }

  /** One who waits, until closed. */
  public final class Waiter implements AutoCloseable {
    private final UUID endpointId;
    private final long deadlineNanos;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private volatile @Nullable UUID deliveryId;

    private Waiter(ReplyRequest request) {
      this.endpointId = request.endpointId();
      this.deadlineNanos = ticker.nanoTime() + request.limit().toNanos();
    }

    /** Whose answer is wanted. */
    public UUID endpointId() {
      return endpointId;
    }

    /** How much is left of the limit; 0 when nothing is. */
    public long leftNanos() {
      return Math.max(0, deadlineNanos - ticker.nanoTime());
    }

    /** What comes of this delivery's next attempt is the reply. Called before it can begin. */
    public void expect(UUID delivery) {
      deliveryId = delivery;
      byDelivery.put(delivery, this);
      if (reply.isDone()) {
        // Closed, or told, before it could be found here.
        byDelivery.remove(delivery, this);
      }
    }

    /** There will be no answer. */
    public void none(Reply.None.Reason reason, String detail) {
      reply.complete(new Reply.None(reason, detail));
    }

    /** Waits for the reply, to the limit at most. */
    public Reply await() throws InterruptedException {
      try {
        return reply.get(leftNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        none(Reply.None.Reason.LATE, "no answer within the limit");
        // The attempt may have been faster.
        return reply.join();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a reply failed", e.getCause());
      }
    }

    /** Waits no more. */
    @Override
    public void close() {
      none(Reply.None.Reason.LATE, "nobody waits any more");
      UUID delivery = deliveryId;
      if (delivery != null) {
        byDelivery.remove(delivery, this);
      }
      waiting.decrementAndGet();
    }
  }
}
