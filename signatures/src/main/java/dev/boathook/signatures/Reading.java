package dev.boathook.signatures;

import java.net.URI;
import java.util.List;

/** What a request says. */
public sealed interface Reading {

  /** Something happened at the provider; the whole body is one event. */
  record Notification(Envelope envelope) implements Reading {}

  /**
   * Several things happened, and each is an event of its own; or one whose body is not the
   * request's.
   *
   * @param items 1 to {@value #MAX_ITEMS}, in the order of the request
   */
  record Batch(List<Item> items) implements Reading {
    /** The most events in one request. */
    public static final int MAX_ITEMS = 1024;

    public Batch {
      items = List.copyOf(items);
      if (items.isEmpty() || items.size() > MAX_ITEMS) {
        throw new IllegalArgumentException("a batch has 1 to " + MAX_ITEMS + " items");
      }
    }
  }

  /**
   * One event of a batch.
   *
   * @param envelope what the provider says about it
   * @param contentType the media type of the body
   * @param body the request's bytes without the other events: what the provider would have sent for
   *     this one alone; nobody may write to it
   */
  @SuppressWarnings("ArrayRecordComponent") // Goes straight to the store.
  record Item(Envelope envelope, String contentType, byte[] body) {}

  /** The provider tests the address, or says nothing new. Answer exactly this, store nothing. */
  record Handshake(Answer answer) implements Reading {}

  /**
   * The provider wants an address of its own to be fetched as a sign of consent. The host was
   * checked against the provider's own.
   *
   * @param uri what to GET, with https
   * @param answer what to answer when that was answered with 2xx
   */
  record Confirmation(URI uri, Answer answer) implements Reading {}

  /**
   * The provider hands over the secret that it will sign with. To be believed only while the
   * receiver has no secret.
   *
   * @param secret the secret
   * @param answer what to answer once it is kept
   */
  record Enrolment(String secret, Answer answer) implements Reading {
    /** Does not tell the secret. */
    @Override
    public String toString() {
      return "Enrolment";
    }
  }
}
