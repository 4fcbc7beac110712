package dev.boathook.api;

import dev.boathook.id.Base32;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for, the newest first.
 *
 * @param limit how many
 * @param before only what is older than this; null for the beginning
 */
record Page(int limit, @Nullable UUID before) {
  static final int DEFAULT_LIMIT = 50;
  static final int MAX_LIMIT = 200;

  /** The query parameters of every list. */
  static final String LIMIT = "limit";

  static final String CURSOR = "cursor";

  /** A part of a list; {@code nextCursor} is null at its end. */
  record Listing(List<?> data, @Nullable String nextCursor) {}

  static Page of(Optional<String> limit, Optional<String> cursor) throws Refusal {
    int count = DEFAULT_LIMIT;
    if (limit.isPresent()) {
      if (!limit.get().matches("[1-9][0-9]{0,2}") || Integer.parseInt(limit.get()) > MAX_LIMIT) {
        throw Problem.invalidParameter(LIMIT, "is 1 to " + MAX_LIMIT).refusal();
      }
      count = Integer.parseInt(limit.get());
    }
    if (cursor.isEmpty()) {
      return new Page(count, null);
    }
    UUID before =
        Base32.decodeUuid(cursor.get())
            .orElseThrow(
                () -> Problem.invalidParameter(CURSOR, "is not a next_cursor of ours").refusal());
    return new Page(count, before);
  }

  /** How many rows to ask for: one more than wanted shows whether there is another page. */
  int rows() {
    return limit + 1;
  }

  /** This page of rows that were read from the newest on, {@link #rows} of them at most. */
  <T> Answer answer(List<T> rows, Function<T, UUID> id, Function<T, ?> view) {
    List<Object> data = new ArrayList<>();
    for (T row : rows.subList(0, Math.min(limit, rows.size()))) {
      data.add(view.apply(row));
    }
    String next = rows.size() > limit ? Base32.encode(id.apply(rows.get(limit - 1))) : null;
    return Answer.json(200, new Listing(data, next));
  }

  /** This page of all there is. */
  <T> Answer answerAll(Collection<T> all, Function<T, UUID> id, Function<T, ?> view) {
    // Texts of ids sort as the numbers do; UUID.compareTo takes its halves for signed.
    Comparator<T> newestFirst =
        Comparator.comparing((T row) -> Base32.encode(id.apply(row))).reversed();
    String end = before == null ? null : Base32.encode(before);
    List<T> rows =
        all.stream()
            .filter(row -> end == null || Base32.encode(id.apply(row)).compareTo(end) < 0)
            .sorted(newestFirst)
            .limit(rows())
            .toList();
    return answer(rows, id, view);
  }
}
