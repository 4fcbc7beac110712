package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The header lines of one HTTP request, in order of arrival. Names compare without regard to case,
 * and a name may occur on several lines. Immutable.
 *
 * <p>A value is expected as it stood on the wire, without the white space around it.
 */
public final class Headers implements Iterable<Headers.Line> {

  /** One header line. */
  public record Line(String name, String value) {
    public Line {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a header name is empty");
      }
    }
  }

  private static final Headers NONE = new Headers(new String[0]);

  /** Name, value, name, value, … : one array instead of an object a line. */
  private final String[] namesAndValues;

  private Headers(String[] namesAndValues) {
    this.namesAndValues = namesAndValues;
  }

  /** No header at all. */
  public static Headers of() {
    return NONE;
  }

  /**
   * Headers from alternating names and values.
   *
   * @throws IllegalArgumentException if the last name has no value, or a name is empty
   */
  public static Headers of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("the last header name has no value");
    }
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i].isEmpty()) {
        throw new IllegalArgumentException("a header name is empty");
      }
    }
    return new Headers(namesAndValues.clone());
  }

  /** Headers from lines. */
  public static Headers of(Iterable<Line> lines) {
    Builder builder = builder();
    for (Line line : lines) {
      builder.add(line.name(), line.value());
    }
    return builder.build();
  }

  /** A builder, for an HTTP server's own header type. */
  public static Builder builder() {
    return new Builder();
  }

  /** The value of the first line with this name, or null. */
  public @Nullable String first(String name) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i].equalsIgnoreCase(name)) {
        return namesAndValues[i + 1];
      }
    }
    return null;
  }

  /** The value of the line with this name; null if there is none, or more than one. */
  @Nullable String only(String name) {
    String value = null;
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i].equalsIgnoreCase(name)) {
        if (value != null) {
          return null;
        }
        value = namesAndValues[i + 1];
      }
    }
    return value;
  }

  /** The values of all lines with this name, in order of arrival. */
  public List<String> all(String name) {
    List<String> values = List.of();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i].equalsIgnoreCase(name)) {
        if (values.isEmpty()) {
          values = new ArrayList<>(1);
        }
        values.add(namesAndValues[i + 1]);
      }
    }
    return Collections.unmodifiableList(values);
  }

  /** How many lines have this name. */
  public int count(String name) {
    int count = 0;
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i].equalsIgnoreCase(name)) {
        count++;
      }
    }
    return count;
  }

  /** These lines and then the others. Nothing is replaced. */
  public Headers plus(Headers others) {
    int length = namesAndValues.length;
    String[] both = Arrays.copyOf(namesAndValues, length + others.namesAndValues.length);
    System.arraycopy(others.namesAndValues, 0, both, length, others.namesAndValues.length);
    return new Headers(both);
  }

  /** The number of lines. */
  public int size() {
    return namesAndValues.length / 2;
  }

  @Override
  public Iterator<Line> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < namesAndValues.length;
      }

      @Override
      public Line next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Line line = new Line(namesAndValues[next], namesAndValues[next + 1]);
        next += 2;
        return line;
      }
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Headers headers
        && Arrays.equals(namesAndValues, headers.namesAndValues);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(namesAndValues);
  }

  /** The names only: values may be secrets. */
  @Override
  public String toString() {
    StringBuilder names = new StringBuilder("Headers[");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      names.append(i == 0 ? "" : ", ").append(namesAndValues[i]);
    }
    return names.append(']').toString();
  }

  /** Collects header lines. Not thread-safe. */
  public static final class Builder {
    private static final int USUAL_LINES = 16;

    private String[] namesAndValues = new String[2 * USUAL_LINES];
    private int length;

    private Builder() {}

    /**
     * Adds a line.
     *
     * @throws IllegalArgumentException if the name is empty
     */
    public Builder add(String name, String value) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("a header name is empty");
      }
      if (length == namesAndValues.length) {
        namesAndValues = Arrays.copyOf(namesAndValues, 2 * length);
      }
      namesAndValues[length++] = name;
      namesAndValues[length++] = value;
      return this;
    }

    /** The headers collected so far. */
    public Headers build() {
      return length == 0 ? NONE : new Headers(Arrays.copyOf(namesAndValues, length));
    }
  }
}
