package dev.boathook.api;

import dev.boathook.endpoint.TypePattern;
import dev.boathook.event.Origin;
import dev.boathook.id.IdKind;
import dev.boathook.replay.Filter;
import dev.boathook.route.ProjectView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The object by which callers say which of many deliveries they mean. */
final class FilterFields {
  static final int MAX_KEY_CHARACTERS = 255;

  private static final Set<String> KNOWN =
      Set.of("endpoint", "source", "consumer", "types", "key", "since", "until");

  private static final int MAX_ID_CHARACTERS = 100;

  private FilterFields() {}

  /** The object in a request's {@code filter}, which may have these fields more. */
  static Fields object(Fields request, Set<String> more) throws Refusal {
    Set<String> known = new HashSet<>(KNOWN);
    known.addAll(more);
    return request.object("filter", known);
  }

  /** Nobody means everything by saying nothing. */
  static Refusal tooWide(Fields request) {
    return request.wrong("filter", "names nothing");
  }

  static Filter filter(Fields fields, ProjectView project) throws Refusal {
    UUID endpointId = id(fields, "endpoint", IdKind.ENDPOINT);
    if (endpointId != null && !project.endpoints().containsKey(endpointId)) {
      throw fields.wrong("endpoint", "there is no such endpoint");
    }
    Instant since = fields.time("since");
    Instant until = fields.time("until");
    if (since != null && until != null && since.isAfter(until)) {
      throw fields.wrong("until", Times.BEFORE_SINCE);
    }
    return new Filter(
        endpointId,
        origin(fields),
        types(fields),
        fields.textOrNull("key", MAX_KEY_CHARACTERS, null),
        since,
        until);
  }

  private static @Nullable UUID id(Fields fields, String field, IdKind kind) throws Refusal {
    String text = fields.textOrNull(field, MAX_ID_CHARACTERS, null);
    if (text == null) {
      return null;
    }
    Optional<UUID> id = kind.parse(text);
    if (id.isEmpty()) {
      throw fields.wrong(field, "is not an id of that kind");
    }
    return id.get();
  }

  private static @Nullable Origin origin(Fields fields) throws Refusal {
    UUID source = id(fields, "source", IdKind.SOURCE);
    UUID consumer = id(fields, "consumer", IdKind.CONSUMER);
    if (source != null && consumer != null) {
      throw fields.wrong("consumer", "excludes source");
    }
    if (source != null) {
      return Origin.source(source);
    }
    return consumer == null ? null : Origin.consumer(consumer);
  }

  private static List<TypePattern> types(Fields fields) throws Refusal {
    if (!fields.has("types") || fields.isNull("types")) {
      return List.of();
    }
    List<TypePattern> types = new ArrayList<>();
    for (String text : fields.texts("types", Filter.MAX_TYPES, TypePattern.MAX_CHARACTERS)) {
      try {
        types.add(new TypePattern(text));
      } catch (IllegalArgumentException e) {
        throw fields.wrong("types", e);
      }
    }
    return types;
  }
}
