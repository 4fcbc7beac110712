package dev.boathook.id;

import java.util.Optional;
import java.util.UUID;

/** The kinds of public ids; each writes a UUID as its prefix, an underscore and 26 characters. */
public enum IdKind {
  /** A project. */
  PROJECT("prj"),
  /** A source. */
  SOURCE("src"),
  /** A consumer. */
  CONSUMER("con"),
  /** An endpoint. */
  ENDPOINT("ep"),
  /** An event. */
  EVENT("evt"),
  /** A delivery. */
  DELIVERY("dlv"),
  /** A replay of many deliveries. */
  REPLAY("rpl"),
  /** An API key's id, not the key itself. */
  KEY("key");

  private final String prefix;

  IdKind(String prefix) {
    this.prefix = prefix;
  }

  /** The public form, for example {@code evt_01jd2g7k8m9n0p1q2r3s4t5v6w}. */
  public String format(UUID id) {
    return prefix + "_" + Base32.encode(id);
  }

  /** The UUID of a public id of this kind; empty when the text is not one. */
  public Optional<UUID> parse(String text) {
    int start = prefix.length() + 1;
    if (!text.startsWith(prefix) || text.length() <= start || text.charAt(start - 1) != '_') {
      return Optional.empty();
    }
    return Base32.decodeUuid(text.substring(start));
  }
}
