package dev.boathook.bench.load;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Events that a platform publishes: {@code POST /v1/consumers/{id}/events}. The data begins with
 * {@code "at"}, the intended start of the request as {@link System#nanoTime} told it, so that who
 * gets the event in this process knows how long it took.
 */
public final class PublishRequests implements RequestSource {
  /** The length of each body, in bytes. */
  public static final int BODY_BYTES = 1024;

  /** A long has no more digits. */
  private static final int AT_DIGITS = 19;

  private static final int SERIAL_DIGITS = 10;

  private final String apiKey;
  private final List<Target> targets;
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * For whom an event is.
   *
   * @param consumer the consumer's id
   * @param type the event's
   */
  public record Target(String consumer, String type) {}

  /**
   * Requests for these targets, one after another.
   *
   * @param apiKey may publish
   */
  public PublishRequests(String apiKey, List<Target> targets) {
    if (targets.isEmpty()) {
      throw new IllegalArgumentException("for nobody");
    }
    this.apiKey = apiKey;
    this.targets = List.copyOf(targets);
  }

  @Override
  public Requests forConnection() {
    Publishing[] publishing =
        targets.stream().map(target -> new Publishing(apiKey, target)).toArray(Publishing[]::new);
    // Connections do not all begin with the same consumer.
    return new InTurn(publishing, connections.getAndIncrement() % publishing.length);
  }

  private static final class InTurn implements Requests {
    private final Publishing[] publishing;
    private int turn;

    InTurn(Publishing[] publishing, int first) {
      this.publishing = publishing;
      this.turn = first;
    }

    @Override
    public byte[] next(long intendedNanos) {
      turn = turn + 1 == publishing.length ? 0 : turn + 1;
      return publishing[turn].next(intendedNanos);
    }
  }

  /** One request to one target, whose changing parts are written over again. */
  private static final class Publishing implements Requests {
    private final byte[] request;
    private final int atEnd;
    private final int serialEnd;
    private long serial;

    Publishing(String apiKey, Target target) {
      StringBuilder body = new StringBuilder(BODY_BYTES);
      body.append("{\"type\":\"")
          .append(target.type())
          .append("\",\"data\":{\"at\":")
          .append(" ".repeat(AT_DIGITS));
      int at = body.length();
      body.append(",\"order\":\"").append("0".repeat(SERIAL_DIGITS));
      int order = body.length();
      body.append("\",");
      Filling.fill(body, BODY_BYTES, "}}");
      String head =
          """
          POST /v1/consumers/%s/events HTTP/1.1\r
          Host: 127.0.0.1\r
          Authorization: Bearer %s\r
          Content-Type: application/json\r
          Content-Length: %d\r
          \r
          """
              .formatted(target.consumer(), apiKey, BODY_BYTES);
      this.atEnd = head.length() + at;
      this.serialEnd = head.length() + order;
      this.request = Ascii.bytes(head + body);
    }

    @Override
    public byte[] next(long intendedNanos) {
      Ascii.putNumber(request, atEnd - AT_DIGITS, atEnd, intendedNanos, ' ');
      Ascii.putNumber(request, serialEnd - SERIAL_DIGITS, serialEnd, ++serial, '0');
      return request;
    }
  }
}
