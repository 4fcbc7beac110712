package dev.boathook.simulation;

import dev.boathook.event.Event;
import dev.boathook.event.Origin;
import dev.boathook.lane.LaneEnd;
import dev.boathook.lane.Place;
import dev.boathook.lane.Waiting;
import dev.boathook.node.Message;
import dev.boathook.signatures.Headers;
import dev.boathook.simulation.Store.EndpointRow;
import dev.boathook.simulation.Surroundings.Ask;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** A node's door: takes what is offered, one batch after another, as {@code Acceptor} does. */
final class Acceptance {
  private static final int MAX_BATCH = 256;
  private static final int MAX_ROUTINGS = 10;
  private static final byte[] NO_BODY = new byte[0];
  private static final Origin ORIGIN = Origin.consumer(new UUID(1, 2));

  private final Surroundings around;
  private final NodeProcess node;
  private final ArrayDeque<Publication> offered = new ArrayDeque<>();
  private List<Publication> batch = List.of();
  private int routings;
  private boolean writing;
  private boolean outdated;
  private boolean closed;

  Acceptance(Surroundings around, NodeProcess node) {
    this.around = around;
    this.node = node;
  }

  void offer(Publication publication) {
    if (!closed) {
      offered.add(publication);
      next();
    }
  }

  void close() {
    closed = true;
    offered.clear();
  }

  void ended() {
    close();
  }

  /** Writes the next batch, or the same one by a newer directory. */
  void next() {
    if (writing) {
      return;
    }
    if (!outdated) {
      Map<String, Publication> distinct = new LinkedHashMap<>();
      while (!offered.isEmpty() && distinct.size() < MAX_BATCH) {
        Publication publication = offered.remove();
        distinct.putIfAbsent(publication.dedupeKey, publication);
      }
      batch = List.copyOf(distinct.values());
      routings = 0;
    }
    outdated = false;
    if (!batch.isEmpty() && routings++ < MAX_ROUTINGS) {
      write();
    }
  }

  private void write() {
    List<Store.Offered> rows = new ArrayList<>();
    List<Waiting> deliveries = new ArrayList<>();
    for (Publication publication : batch) {
      Store.Offered routed = route(publication);
      rows.add(routed);
      deliveries.addAll(routed.deliveries());
    }
    rows.sort((one, other) ->
        Objects.requireNonNull(one.dedupeKey())
            .compareTo(Objects.requireNonNull(other.dedupeKey())));
    writing = true;
    node.act(now -> node.engine().reserve(deliveries));
    long version = node.directoryVersion();
    List<Publication> offers = batch;
    around.ask(
        node,
        Ask.COMMIT,
        () -> {
          Store.Accepted accepted = around.store.accept(version, rows);
          around.promises.accepted(accepted, rows);
          return accepted;
        },
        answer -> {
          writing = false;
          if (answer.outdated()) {
            node.act(now -> node.engine().abandoned(deliveries, true, now));
            outdated = true;
            node.refresh();
            return;
          }
          settle(rows, answer);
          for (Publication publication : offers) {
            publication.accepted = true;
            around.promises.answered(publication);
          }
          next();
        },
        () -> {
          writing = false;
          node.act(now -> node.engine().abandoned(deliveries, false, now));
          node.tell(new Message.LookThrough());
          next();
        });
  }

  private Store.Offered route(Publication publication) {
    UUID eventId = node.machine().newId();
    Instant now = node.now();
    Event event =
        new Event(
            NodeProcess.PROJECT,
            eventId,
            ORIGIN,
            publication.type,
            publication.key,
            null,
            now,
            null,
            true,
            false,
            "text/plain",
            Headers.of(),
            NO_BODY);
    List<Waiting> deliveries = new ArrayList<>();
    for (EndpointRow endpoint : node.directory()) {
      deliveries.add(
          new Waiting(
              NodeProcess.PROJECT,
              node.machine().newId(),
              eventId,
              endpoint.endpointId(),
              event.type(),
              endpoint.policy().order().hasLaneFor(publication.key)
                  ? Place.in(publication.key)
                  : null,
              0,
              endpoint.policy().retries(event.type()).firstDue(now),
              publication.bodyBytes,
              event));
    }
    return new Store.Offered(
        eventId,
        publication.dedupeKey,
        publication.key,
        event.type(),
        publication.bodyBytes,
        deliveries);
  }

  private void settle(List<Store.Offered> rows, Store.Accepted answer) {
    List<Waiting> fresh = new ArrayList<>();
    List<Waiting> known = new ArrayList<>();
    // In the order in which they were routed, which is that of their ids.
    rows.stream()
        .sorted((one, other) -> one.eventId().compareTo(other.eventId()))
        .forEach(row ->
            (answer.fresh().contains(row.eventId()) ? fresh : known).addAll(row.deliveries()));
    around.note(() -> node.machine().name + " has accepted " + Wording.all(fresh));
    node.act(now -> node.engine().abandoned(known, true, now));
    node.act(now -> node.engine().committed(LaneEnd.placed(fresh, answer.lanes()), now));
  }
}
