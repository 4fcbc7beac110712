package dev.boathook.node;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What nodes on one database tell each other. Whoever does not hear it finds it out, later. */
public sealed interface Message {
  /** Something waits for this endpoint, due then, in a lane or in none. */
  record Work(UUID endpointId, boolean lanes, Instant dueAt) implements Message {}

  /** A delivery was called off, or otherwise finished by somebody who does not hold its shard. */
  record Withdrawn(UUID endpointId, UUID deliveryId) implements Message {}

  /**
   * The first attempt of this delivery has ended and is in the store: whoever waits for what it was
   * answered can read it.
   */
  record Attempted(UUID projectId, UUID deliveryId) implements Message {}

  /** Something may wait in this shard that its holder does not know. */
  record LookAgain(int shard) implements Message {}

  /** Something may wait anywhere that its holder does not know. */
  record LookThrough() implements Message {}

  /** Shards are free, or nodes have come or gone. */
  record Shards() implements Message {}

  /** A project's configuration has changed. */
  record Configuration() implements Message {}

  /** One line. */
  private static String line(Message message) {
    return switch (message) {
      case Work work ->
          "w " + work.endpointId + (work.lanes ? " l " : " u ") + work.dueAt.toEpochMilli();
      case Withdrawn withdrawn -> "x " + withdrawn.endpointId + " " + withdrawn.deliveryId;
      case Attempted attempted -> "r " + attempted.projectId + " " + attempted.deliveryId;
      case LookAgain lookAgain -> "a " + lookAgain.shard;
      case LookThrough all -> "z";
      case Shards shards -> "s";
      case Configuration configuration -> "c";
    };
  }

  /** Lines of messages, each text at most so long. */
  static List<String> payloads(List<Message> messages, int maxCharacters) {
    List<String> payloads = new ArrayList<>();
    StringBuilder payload = new StringBuilder();
    for (String line : messages.stream().map(Message::line).distinct().toList()) {
      if (!payload.isEmpty() && payload.length() + 1 + line.length() > maxCharacters) {
        payloads.add(payload.toString());
        payload.setLength(0);
      }
      payload.append(payload.isEmpty() ? "" : "\n").append(line);
    }
    if (!payload.isEmpty()) {
      payloads.add(payload.toString());
    }
    return payloads;
  }

  /**
   * The messages of a payload; lines of a newer version that this one does not know are left out.
   */
  static List<Message> parse(String payload) {
    List<Message> messages = new ArrayList<>();
    for (String line : payload.split("\n", -1)) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "w" ->
            messages.add(
                new Work(
                    UUID.fromString(words[1]),
                    words[2].equals("l"),
                    Instant.ofEpochMilli(Long.parseLong(words[3]))));
        case "x" ->
            messages.add(new Withdrawn(UUID.fromString(words[1]), UUID.fromString(words[2])));
        case "r" ->
            messages.add(new Attempted(UUID.fromString(words[1]), UUID.fromString(words[2])));
        case "a" -> messages.add(new LookAgain(Integer.parseInt(words[1])));
        case "z" -> messages.add(new LookThrough());
        case "s" -> messages.add(new Shards());
        case "c" -> messages.add(new Configuration());
        default -> {
          // Of a newer version.
        }
      }
    }
    return messages;
  }
}
