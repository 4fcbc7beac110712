package dev.boathook.receive;

import dev.boathook.signatures.Place;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Reading;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.source.SequenceRule;
import dev.boathook.source.Sequenced;
import dev.boathook.source.Source;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where an event stands among others of its source.
 *
 * @param key its ordering key; null if it has none
 * @param sequenced its position among the events of its resource; null if it has none
 */
record Placement(@Nullable String key, @Nullable Sequenced sequenced) {
  /** What the source's settings, or else its provider, say of an event. */
  static Placement of(Source source, WebhookRequest webhook, Reading.Item item) {
    Place keyPlace = source.orderingKey();
    SequenceRule rule = source.sequence();
    if (keyPlace == null && rule == null) {
      return new Placement(item.envelope().key(), null);
    }
    WebhookRequest alone = webhook.alone(item);
    Provider provider = source.provider();
    String key = keyPlace == null ? item.envelope().key() : keyPlace.identifierIn(alone, provider);
    return new Placement(key, rule == null ? null : sequenced(rule, key, alone, provider));
  }

  private static @Nullable Sequenced sequenced(
      SequenceRule rule, @Nullable String key, WebhookRequest webhook, Provider provider) {
    String text = rule.at().textIn(webhook, provider);
    OptionalLong position = text == null ? OptionalLong.empty() : rule.position(text);
    if (position.isEmpty()) {
      return null;
    }
    Place place = rule.resource();
    String resource = place == null ? key : place.identifierIn(webhook, provider);
    return new Sequenced(rule, resource == null ? "" : resource, position.getAsLong());
  }
}
