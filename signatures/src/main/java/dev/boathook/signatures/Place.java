package dev.boathook.signatures;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where in a request something stands, as people write it: {@code header:NAME}, {@code
 * json:/pointer} (RFC 6901), {@code form:FIELD} or {@code query:NAME}. Two places are equal if they
 * are written alike.
 */
public final class Place {
  /** The longest place, in characters. */
  public static final int MAX_CHARACTERS = 512;

  private final String text;
  private final Field field;
  private final JsonPointers pointers;

  private Place(String text, Field field) {
    this.text = text;
    this.field = field;
    Set<String> used = new LinkedHashSet<>();
    field.pointers(used);
    this.pointers = new JsonPointers(used);
  }

  /**
   * The place that is written so.
   *
   * @throws IllegalArgumentException if it is none of the four forms, or too long
   */
  public static Place parse(String text) {
    Field field = text.length() > MAX_CHARACTERS ? null : Field.parse(text);
    if (field == null) {
      throw new IllegalArgumentException(
          "is not header:NAME, json:/pointer, form:FIELD or query:NAME of at most "
              + MAX_CHARACTERS
              + " characters");
    }
    return new Place(text, field);
  }

  /**
   * The text at this place in a provider's request; null if it is not there or is empty. Of JSON, a
   * string, a number as it is written, or a boolean; never an object or array.
   */
  public @Nullable String textIn(WebhookRequest request, Provider provider) {
    return switch (provider) {
      case Definition definition -> field.in(definition.facts(request, pointers));
    };
  }

  /**
   * The same as an id: a text that is longer than {@value Envelope#MAX_LENGTH} characters, or that
   * a database might not take, is known by its SHA-256.
   */
  public @Nullable String identifierIn(WebhookRequest request, Provider provider) {
    return EnvelopeRule.identifier(textIn(request, provider));
  }

  /**
   * The time that a text says in ISO 8601 with an offset, in Unix seconds (a fraction is dropped)
   * or in Unix milliseconds; null if it is none of these, or outside the years 1970 to 9999.
   */
  public static @Nullable Instant time(String text) {
    return EventTime.parse(text);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Place place && place.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
