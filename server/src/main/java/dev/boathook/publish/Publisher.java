package dev.boathook.publish;

import dev.boathook.accept.Acceptance;
import dev.boathook.accept.Acceptor;
import dev.boathook.accept.Offer;
import dev.boathook.event.Origin;
import dev.boathook.key.Hash;
import dev.boathook.signatures.Headers;
import dev.boathook.world.World;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Offers what a platform publishes to the one door, as the payload that Standard Webhooks 1.0.0
 * recommends: {@code {"type", "timestamp", "data"}}, with the publisher's own bytes as data.
 */
public final class Publisher {
  /** How long a repeated id is taken for a repetition. */
  public static final Duration DEDUPE_WINDOW = Duration.ofDays(7);

  private static final String CONTENT_TYPE = "application/json";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final World world;
  private final Acceptor acceptor;
  private final Listener listener;

  /** Hears how offers end. */
  @FunctionalInterface
  public interface Listener {
    /**
     * One has ended.
     *
     * @param result {@code accepted}, {@code duplicate}, {@code conflict} or {@code unavailable}
     */
    void published(UUID projectId, String result, Duration duration);
  }

  /** Publishes through this acceptor. */
  public Publisher(World world, Acceptor acceptor, Listener listener) {
    this.world = world;
    this.acceptor = acceptor;
    this.listener = listener;
  }

  /** Publishes for a consumer, and waits until the event is durable. */
  public Acceptance publish(UUID projectId, UUID consumerId, Publication publication)
      throws InterruptedException {
    long began = world.ticker().nanoTime();
    Acceptance acceptance =
        acceptor.accept(
            new Offer(
                projectId,
                Origin.consumer(consumerId),
                publication.type(),
                publication.key(),
                publication.id(),
                publication.id(),
                DEDUPE_WINDOW,
                null,
                true,
                CONTENT_TYPE,
                Headers.of(),
                payload(publication, world.clock().instant()),
                hash(publication)));
    Duration duration = Duration.ofNanos(world.ticker().nanoTime() - began);
    listener.published(projectId, result(acceptance), duration);
    return acceptance;
  }

  private static byte[] payload(Publication publication, Instant now) {
    byte[] head =
        ("{\"type\":"
                + JSON.writeValueAsString(publication.type())
                + ",\"timestamp\":\""
                + now.truncatedTo(ChronoUnit.MILLIS)
                + "\",\"data\":")
            .getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream payload =
        new ByteArrayOutputStream(head.length + publication.data().length + 1);
    payload.writeBytes(head);
    payload.writeBytes(publication.data());
    payload.write('}');
    return payload.toByteArray();
  }

  /** What a repetition must have in common; the payload's own time is not among it. */
  private static byte[] hash(Publication publication) {
    @Nullable String[] names = {publication.type(), publication.key()};
    return Hash.sha256(JSON.writeValueAsBytes(names), publication.data());
  }

  private static String result(Acceptance acceptance) {
    return switch (acceptance) {
      case Acceptance.Accepted accepted -> "accepted";
      case Acceptance.Duplicate duplicate -> duplicate.sameBody() ? "duplicate" : "conflict";
      case Acceptance.Unavailable unavailable -> "unavailable";
      case Acceptance.Unacceptable unacceptable -> "unavailable";
    };
  }
}
