package dev.boathook.simulation;

import dev.boathook.node.Message;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The messages between nodes: hints that may come late, twice or not at all. Who has not listened
 * for a while is told that something may have been missed.
 */
final class Bus {
  private static final long MILLI = 1_000_000;

  private final Surroundings around;
  private final List<NodeProcess> listeners = new ArrayList<>();
  private boolean strays;

  Bus(Surroundings around) {
    this.around = around;
  }

  void setStrays(boolean strays) {
    this.strays = strays;
  }

  void heal() {
    strays = false;
  }

  /** Listens from now on; what was sent before is missed. */
  void listen(NodeProcess listener) {
    if (!listeners.contains(listener)) {
      listeners.add(listener);
    }
    listener.run(listener::missed);
  }

  /** Hears nothing for so long. */
  void deafen(NodeProcess listener, Duration length) {
    listeners.remove(listener);
    around.agenda.after(
        length.toNanos(),
        () -> {
          if (listener.isAlive()) {
            listen(listener);
          }
        });
  }

  void leave(NodeProcess listener) {
    listeners.remove(listener);
  }

  /** Together, to everybody who listens, the sender too. */
  void send(List<Message> messages) {
    List<Message> carried = messages.stream().map(Bus::carried).toList();
    for (NodeProcess listener : listeners) {
      long delay = 100_000 + around.chance.below(5 * MILLI);
      if (strays && around.chance.oneIn(3)) {
        around.count(Fault.MESSAGE_ASTRAY);
        delay += around.chance.below(3_000 * MILLI);
        if (around.chance.oneIn(3)) {
          carry(carried, listener, delay + around.chance.below(1_000 * MILLI));
        }
      }
      carry(carried, listener, delay);
    }
  }

  /** On the way its time loses what is less than a millisecond. */
  private static Message carried(Message message) {
    return message instanceof Message.Work work
        ? new Message.Work(
            work.endpointId(), work.lanes(), work.dueAt().truncatedTo(ChronoUnit.MILLIS))
        : message;
  }

  private void carry(List<Message> messages, NodeProcess listener, long delay) {
    around.agenda.after(
        delay,
        () -> {
          if (listeners.contains(listener)) {
            listener.run(() -> listener.heard(messages));
          }
        });
  }
}
