package dev.boathook.simulation;

import org.jspecify.annotations.Nullable;

/** An event that somebody offers until it is accepted. */
final class Publication {
  final String dedupeKey;
  final @Nullable String key;
  final String type;
  final int bodyBytes;

  /** It was answered with 2xx. */
  boolean accepted;

  Publication(String dedupeKey, @Nullable String key, String type, int bodyBytes) {
    this.dedupeKey = dedupeKey;
    this.key = key;
    this.type = type;
    this.bodyBytes = bodyBytes;
  }
}
