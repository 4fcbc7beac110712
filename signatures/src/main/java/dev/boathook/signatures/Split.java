package dev.boathook.signatures;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a body with several events apart, so that each part is what the provider would have sent
 * for that event alone: everything around the events stays, byte for byte.
 */
@FunctionalInterface
interface Split {

  /** The most bytes of all parts together. */
  int MAX_BYTES = 32 << 20;

  /**
   * Stands for more than {@value Reading.Batch#MAX_ITEMS} events, or more than {@value #MAX_BYTES}
   * bytes: one part more than may be, all empty. Such a body is kept whole.
   */
  List<byte[]> TOO_MANY = Collections.nCopies(Reading.Batch.MAX_ITEMS + 1, new byte[0]);

  /**
   * The parts; empty if there is no event in the body; {@link #TOO_MANY} if there are more than may
   * be; null if the body is not of the form that can be taken apart, and so is one event or none.
   */
  @Nullable List<byte[]> parts(byte[] body);

  /** The first of several that can take a body apart. */
  static Split firstOf(Split... splits) {
    List<Split> all = List.of(splits);
    return body -> {
      for (Split split : all) {
        List<byte[]> parts = split.parts(body);
        if (parts != null) {
          return parts;
        }
      }
      return null;
    };
  }
}
