package dev.boathook.endpoint;

import dev.boathook.endpoint.DeliveryPolicy.TypedRetries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a {@link DeliveryPolicy} is written into its column: whole, so that a later version with
 * other defaults changes no endpoint. What is absent, as in rows of older versions, is the default.
 */
final class PolicyJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private PolicyJson() {}

  static String of(DeliveryPolicy policy) {
    ObjectNode object = MAPPER.createObjectNode();
    object.put("order", policy.order().code());
    write(object, policy.retries());
    if (!policy.retriesByType().isEmpty()) {
      ArrayNode list = object.putArray("retries_by_type");
      for (TypedRetries typed : policy.retriesByType()) {
        ObjectNode entry = list.addObject();
        ArrayNode types = entry.putArray("types");
        typed.types().forEach(type -> types.add(type.text()));
        write(entry, typed.retries());
      }
    }
    if (!policy.finalStatuses().isEmpty()) {
      ArrayNode list = object.putArray("final_statuses");
      policy.finalStatuses().forEach(status -> list.add(status.text()));
    }
    object.put("max_in_flight", policy.maxInFlight());
    Rate rate = policy.rate();
    if (rate != null) {
      object.put("rate_per_second", rate.perSecond()).put("burst", rate.burst());
    }
    object
        .putObject("breaker")
        .put("failures", policy.breaker().failures())
        .put("wait_millis", policy.breaker().firstWait().toMillis())
        .put("max_wait_millis", policy.breaker().maxWait().toMillis());
    put(object, "disable_after_millis", policy.disableAfter());
    return MAPPER.writeValueAsString(object);
  }

  private static void write(ObjectNode object, RetryPolicy retries) {
    ArrayNode waits = object.putArray("waits_millis");
    retries.schedule().waits().forEach(wait -> waits.add(wait.toMillis()));
    object.put("jitter", retries.jitter());
    put(object, "max_age_millis", retries.maxAge());
    put(object, "max_retry_after_millis", retries.maxRetryAfter());
  }

  private static void put(ObjectNode object, String name, @Nullable Duration duration) {
    if (duration == null) {
      object.putNull(name);
    } else {
      object.put(name, duration.toMillis());
    }
  }

  static DeliveryPolicy parse(String json) {
    JsonNode object = MAPPER.readTree(json);
    List<TypedRetries> byType = new ArrayList<>();
    for (JsonNode entry : object.path("retries_by_type")) {
      byType.add(
          new TypedRetries(
              texts(entry.path("types")).stream().map(TypePattern::new).toList(), retries(entry)));
    }
    JsonNode breaker = object.path("breaker");
    return new DeliveryPolicy(
        Order.of(object.path("order").asString(Order.UNORDERED.code())),
        retries(object),
        byType,
        texts(object.path("final_statuses")).stream().map(StatusPattern::new).toList(),
        object.path("max_in_flight").asInt(DeliveryPolicy.DEFAULT_MAX_IN_FLIGHT),
        object.has("rate_per_second")
            ? new Rate(
                object.path("rate_per_second").doubleValue(), object.path("burst").intValue())
            : null,
        breaker.isObject()
            ? new CircuitBreaker(
                breaker.path("failures").intValue(),
                Duration.ofMillis(breaker.path("wait_millis").longValue()),
                Duration.ofMillis(breaker.path("max_wait_millis").longValue()))
            : CircuitBreaker.DEFAULT,
        duration(object, "disable_after_millis", DeliveryPolicy.DEFAULT_DISABLE_AFTER));
  }

  private static RetryPolicy retries(JsonNode object) {
    List<Duration> waits = new ArrayList<>();
    object.path("waits_millis").forEach(wait -> waits.add(Duration.ofMillis(wait.longValue())));
    Duration maxRetryAfter =
        duration(object, "max_retry_after_millis", RetryPolicy.DEFAULT_MAX_RETRY_AFTER);
    return new RetryPolicy(
        waits.isEmpty() ? RetrySchedule.DEFAULT : new RetrySchedule(waits),
        object.path("jitter").asDouble(RetryPolicy.DEFAULT_JITTER),
        duration(object, "max_age_millis", null),
        maxRetryAfter == null ? RetryPolicy.DEFAULT_MAX_RETRY_AFTER : maxRetryAfter);
  }

  /** Absent is the default; null is none. */
  private static @Nullable Duration duration(
      JsonNode object, String name, @Nullable Duration absent) {
    JsonNode value = object.get(name);
    if (value == null) {
      return absent;
    }
    return value.isNull() ? null : Duration.ofMillis(value.longValue());
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.stringValue()));
    return texts;
  }
}
