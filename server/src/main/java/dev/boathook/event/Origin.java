package dev.boathook.event;

import java.util.UUID;

/**
 * Where an event came from.
 *
 * @param kind a source (inbound) or a consumer (published for it)
 * @param id the source's or the consumer's id
 */
public record Origin(Kind kind, UUID id) {
  /** The two ways in. */
  public enum Kind {
    /** A provider called a source's URL. */
    SOURCE("source"),
    /** The platform published it for a consumer. */
    CONSUMER("consumer");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    /** The word in the database and in metrics. */
    public String code() {
      return code;
    }

    /** The kind of a {@link #code}. */
    public static Kind of(String code) {
      for (Kind kind : values()) {
        if (kind.code.equals(code)) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no origin kind: " + code);
    }
  }

  /** A source's events. */
  public static Origin source(UUID id) {
    return new Origin(Kind.SOURCE, id);
  }

  /** A consumer's events. */
  public static Origin consumer(UUID id) {
    return new Origin(Kind.CONSUMER, id);
  }
}
