package dev.boathook.source;

import dev.boathook.signatures.Place;
import dev.boathook.store.Json;
import dev.boathook.tls.ClientCertificates;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How the parts of a source that are more than a value are written into text columns. */
final class SourceJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private SourceJson() {}

  static String of(List<SourceSecret> secrets) {
    ArrayNode array = MAPPER.createArrayNode();
    for (SourceSecret secret : secrets) {
      ObjectNode object = array.addObject();
      object.put("value", secret.value());
      object.put("added_at", secret.addedAt().toString());
      if (secret.retiresAt() != null) {
        object.put("retires_at", secret.retiresAt().toString());
      }
      object.put("enrolled", secret.enrolled());
    }
    return array.toString();
  }

  /**
   * The secrets that {@link #of(List)} wrote, or the list of texts that was written before secrets
   * had dates: those were there from the beginning.
   */
  static List<SourceSecret> secrets(String json, Instant createdAt) {
    JsonNode array = MAPPER.readTree(json);
    if (array.isEmpty() || array.get(0).isString()) {
      return SourceSecrets.dated(Json.strings(json), createdAt);
    }
    List<SourceSecret> secrets = new ArrayList<>();
    for (JsonNode object : array) {
      secrets.add(
          new SourceSecret(
              object.get("value").stringValue(),
              Instant.parse(object.get("added_at").stringValue()),
              object.has("retires_at")
                  ? Instant.parse(object.get("retires_at").stringValue())
                  : null,
              object.get("enrolled").booleanValue()));
    }
    return secrets;
  }

  static @Nullable String of(@Nullable ClientCertificates accepted) {
    if (accepted == null) {
      return null;
    }
    ObjectNode object = MAPPER.createObjectNode();
    object.putPOJO("sha256", accepted.sha256());
    object.put("ca", accepted.ca());
    object.putPOJO("names", accepted.names());
    return MAPPER.writeValueAsString(object);
  }

  static @Nullable ClientCertificates clientCertificates(@Nullable String json) {
    if (json == null) {
      return null;
    }
    JsonNode object = MAPPER.readTree(json);
    return ClientCertificates.of(
        Json.strings(object.get("sha256").toString()),
        object.get("ca").isNull() ? null : object.get("ca").stringValue(),
        Json.strings(object.get("names").toString()));
  }

  static @Nullable String of(@Nullable ReplyFallback fallback) {
    return fallback == null ? null : MAPPER.writeValueAsString(fallback);
  }

  static @Nullable ReplyFallback replyFallback(@Nullable String json) {
    return json == null ? null : MAPPER.readValue(json, ReplyFallback.class);
  }

  static @Nullable String of(@Nullable Place place) {
    return place == null ? null : place.toString();
  }

  static @Nullable Place place(@Nullable String text) {
    return text == null ? null : Place.parse(text);
  }

  static @Nullable String of(@Nullable SequenceRule rule) {
    if (rule == null) {
      return null;
    }
    ObjectNode object = MAPPER.createObjectNode();
    object.put("kind", rule.kind().code());
    object.put("at", rule.at().toString());
    object.put("resource", of(rule.resource()));
    object.put("starts_at", rule.startsAt());
    object.put("wait_seconds", rule.maxWait().toSeconds());
    object.put("max_held", rule.maxHeld());
    object.put("late", rule.late().code());
    return MAPPER.writeValueAsString(object);
  }

  static @Nullable SequenceRule sequence(@Nullable String json) {
    if (json == null) {
      return null;
    }
    JsonNode object = MAPPER.readTree(json);
    JsonNode resource = object.get("resource");
    JsonNode startsAt = object.get("starts_at");
    return new SequenceRule(
        SequenceRule.Kind.of(object.get("kind").stringValue()),
        Place.parse(object.get("at").stringValue()),
        resource.isNull() ? null : Place.parse(resource.stringValue()),
        startsAt.isNull() ? null : startsAt.longValue(),
        Duration.ofSeconds(object.get("wait_seconds").longValue()),
        object.get("max_held").intValue(),
        SequenceRule.Late.of(object.get("late").stringValue()));
  }
}
