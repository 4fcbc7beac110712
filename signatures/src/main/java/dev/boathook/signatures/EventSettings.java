package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The settings of sources that are nobody's own: where the facts about an event stand, and how its
 * sender wants to be answered. None is required.
 *
 * <ul>
 *   <li>{@code id}, {@code type}, {@code key}, {@code time}: where the event's id, type, resource
 *       and time are: {@code header:NAME}, {@code json:/pointer}, {@code form:FIELD}, {@code
 *       query:NAME} or {@code none}. By default there are none, and events are told apart by their
 *       signed text or, where nothing is signed, their body. With {@code id: none} nothing is ever
 *       taken for a duplicate.
 *   <li>{@code dedupe}: what tells events apart where the id does not: such places, separated by
 *       commas, as {@code json:/id,json:/status}. If the first is not there, the id counts.
 *   <li>{@code events}: the pointer of the array in a JSON body that holds the events, as {@code
 *       /events}; empty if the body is the array. Each becomes an event of its own, whose body is
 *       the request's with that element alone; the places above are written for such a body, as
 *       {@code json:/events/0/id}.
 *   <li>{@code handshake_field}, {@code handshake_value}: a request that says this there is a test
 *       of the address and no event, and is answered 200. With {@code handshake_echo}, a place, it
 *       is answered with the text there, as {@code text/plain}; text that is longer than {@value
 *       HandshakeRule#MAX_ECHO_LENGTH} characters or not printable ASCII makes it no test.
 *   <li>{@code handshake_signed}: {@code false} if tests come without a signature or token, and as
 *       a GET or POST; {@code true} by default.
 *   <li>{@code answer_status} (200 to 299), {@code answer_body}, {@code answer_content_type}
 *       ({@code text/plain} by default): what to answer when the events are stored, if the sender
 *       wants more than any 2xx.
 * </ul>
 */
final class EventSettings {
  private static final int MAX_STATUS = 299;
  private static final int NO_CONTENT = 204;

  private final Settings settings;
  private final Field id;
  private final boolean neverDeduped;

  private EventSettings(Settings settings, Field usualId) {
    this.settings = settings;
    this.neverDeduped = settings.is("id", "none");
    this.id = settings.field("id", usualId);
  }

  /**
   * Reads the settings.
   *
   * @param usualId where the id is if nothing is set
   */
  static EventSettings read(Settings settings, Field usualId) {
    return new EventSettings(settings, usualId);
  }

  /** Where the id is. */
  Field id() {
    return id;
  }

  /** Adds what the settings say to a definition. */
  Definition.Builder addTo(Definition.Builder definition) {
    definition
        .id(id)
        .type(settings.field("type", Field.nowhere()))
        .key(settings.field("key", Field.nowhere()))
        .time(settings.field("time", Field.nowhere()));
    List<Field> dedupe = settings.fields("dedupe");
    if (neverDeduped) {
      definition.neverDeduped();
    }
    if (!dedupe.isEmpty()) {
      if (neverDeduped) {
        throw settings.invalid("dedupe", "contradicts 'id', by which nothing is a duplicate");
      }
      definition.dedupedBy(dedupe.toArray(Field[]::new));
    }
    events(definition);
    handshake(definition);
    answer(definition);
    return definition;
  }

  private void events(Definition.Builder definition) {
    String events = settings.text("events");
    if (events != null) {
      if (!events.isEmpty() && !events.startsWith("/")) {
        throw settings.invalid("events", "is not a pointer as /events, nor empty");
      }
      definition.eachOf(JsonSplit.of(events));
    }
  }

  private void handshake(Definition.Builder definition) {
    Field mark = settings.field("handshake_field", Field.nowhere());
    String value = settings.text("handshake_value");
    Field echo = settings.field("handshake_echo", Field.nowhere());
    boolean signed = settings.flag("handshake_signed", true);
    if (mark instanceof Field.Nowhere) {
      if (value != null || !(echo instanceof Field.Nowhere) || !signed) {
        throw settings.invalid(
            "handshake_field", "is missing: the other handshake settings need it");
      }
      return;
    }
    if (value == null || value.isEmpty()) {
      throw settings.invalid("handshake_field", "needs 'handshake_value'");
    }
    HandshakeRule rule =
        echo instanceof Field.Nowhere
            ? new HandshakeRule.Fixed(mark, value, Answer.empty(200))
            : new HandshakeRule.Echo(mark, value, echo, HandshakeRule::asText);
    if (signed) {
      definition.shakesHands(rule);
    } else {
      definition.greets(rule).methods("GET", "POST");
    }
  }

  private void answer(Definition.Builder definition) {
    String body = settings.text("answer_body");
    String contentType = settings.text("answer_content_type");
    int status = (int) settings.number("answer_status", 200, MAX_STATUS, 0);
    if (body == null) {
      if (contentType != null) {
        throw settings.invalid("answer_content_type", "is of no use without 'answer_body'");
      }
      if (status != 0) {
        definition.answers(Answer.empty(status));
      }
      return;
    }
    if (status == NO_CONTENT) {
      throw settings.invalid("answer_body", "cannot go with the status " + NO_CONTENT);
    }
    if (contentType != null
        && !contentType.matches("[a-z]+/[a-z0-9.+-]+(; ?[a-z]+=[A-Za-z0-9-]+)?")) {
      throw settings.invalid("answer_content_type", "is not a media type");
    }
    definition.answers(
        new Answer(
            status == 0 ? 200 : status,
            Headers.of("Content-Type", contentType == null ? "text/plain" : contentType),
            body.getBytes(StandardCharsets.UTF_8)));
  }
}
