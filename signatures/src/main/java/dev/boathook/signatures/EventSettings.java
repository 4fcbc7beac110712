package dev.boathook.signatures;

/**
 * The settings {@code id}, {@code type}, {@code key} and {@code time}: where an event's id, type,
 * resource and time are, as {@link Settings#field} reads them. With {@code id: none} nothing is
 * ever taken for a duplicate.
 */
record EventSettings(Field id, Field type, Field key, Field time, boolean neverDeduped) {

  /**
   * Reads the settings.
   *
   * @param usualId where the id is if nothing is set
   */
  static EventSettings read(Settings settings, Field usualId) {
    boolean neverDeduped = settings.is("id", "none");
    return new EventSettings(
        settings.field("id", usualId),
        settings.field("type", Field.nowhere()),
        settings.field("key", Field.nowhere()),
        settings.field("time", Field.nowhere()),
        neverDeduped);
  }

  /** Adds what the settings say to a definition. */
  Definition.Builder addTo(Definition.Builder definition) {
    definition.id(id).type(type).key(key).time(time);
    return neverDeduped ? definition.neverDeduped() : definition;
  }
}
