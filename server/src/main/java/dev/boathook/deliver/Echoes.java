package dev.boathook.deliver;

import dev.boathook.outbound.AttemptResult;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.OutboundRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Hides in an answer the credentials of the request: some endpoints, and the proxies before them,
 * repeat what they were sent, and an answer is kept and shown. They are found as they were sent and
 * in a JSON string, in Latin-1 and in UTF-8; of Basic also the pair and the password that it
 * encodes.
 */
final class Echoes {
  /** Shorter values are left: they are no secrets, and are found by chance. */
  static final int MIN_CHARACTERS = OutboundRequest.HIDDEN.length();

  private static final String BASIC = "basic";

  private Echoes() {}

  /** The answer without the values of these headers, and without what follows a scheme in them. */
  static AttemptResult hidden(AttemptResult result, List<HttpHeader> credentials) {
    Set<String> secrets = secrets(credentials);
    if (secrets.isEmpty()
        || (result.responseHeaders().isEmpty() && result.responseBody().length == 0)) {
      return result;
    }
    List<HttpHeader> headers = new ArrayList<>();
    for (HttpHeader header : result.responseHeaders()) {
      headers.add(new HttpHeader(header.name(), hidden(header.value(), secrets, false)));
    }
    // Header values go out as Latin-1, and each byte is one character of it.
    String body = latin1(result.responseBody());
    String shown = hidden(body, secrets, result.truncated());
    return result.showing(
        headers,
        shown.equals(body) ? result.responseBody() : shown.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String utf8(String text) {
    return latin1(text.getBytes(StandardCharsets.UTF_8));
  }

  /** All that is to be hidden, each byte a character. */
  private static Set<String> secrets(List<HttpHeader> credentials) {
    Set<String> secrets = new HashSet<>();
    for (HttpHeader credential : credentials) {
      String value = credential.value().strip();
      int space = value.indexOf(' ');
      String behind = value.substring(space + 1).strip();
      secrets.addAll(List.of(value, behind, utf8(value), utf8(behind)));
      if (space > 0 && value.substring(0, space).equalsIgnoreCase(BASIC)) {
        addPair(behind, secrets);
      }
    }
    secrets.removeIf(secret -> secret.length() < MIN_CHARACTERS);
    return secrets;
  }

  /** The user with the password, and the password alone (RFC 7617). */
  private static void addPair(String encoded, Set<String> secrets) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      // A header of the operator's own, which says what it likes behind the word.
      return;
    }
    String pair = latin1(bytes);
    String password = pair.substring(pair.indexOf(':') + 1);
    secrets.addAll(List.of(pair, password, utf8(pair), utf8(password)));
  }

  /**
   * The text with a word in place of every secret.
   *
   * @param cut whether the text goes on, so that the beginning of a secret at its end is hidden too
   */
  private static String hidden(String text, Set<String> secrets, boolean cut) {
    BitSet hidden = new BitSet();
    for (Reading reading : Reading.of(text)) {
      for (String secret : secrets) {
        reading.mark(secret, cut, hidden);
      }
    }
    if (hidden.isEmpty()) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    int from = 0;
    for (int start = hidden.nextSetBit(0); start >= 0; start = hidden.nextSetBit(from)) {
      shown.append(text, from, start).append(OutboundRequest.HIDDEN);
      from = hidden.nextClearBit(start);
    }
    return shown.append(text, from, text.length()).toString();
  }

  /**
   * What a text says.
   *
   * @param said the characters
   * @param at where in the text each begins, and where the last ends
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Reading(String said, int[] at) {
    private static final int HEX_DIGITS = 4;

    /** As it stands there and, if that is something else, as JSON. */
    static List<Reading> of(String text) {
      int[] each = new int[text.length() + 1];
      Arrays.setAll(each, i -> i);
      Reading plain = new Reading(text, each);
      return text.indexOf('\\') < 0 ? List.of(plain) : List.of(plain, json(text));
    }

    /** With the escapes of a JSON string (RFC 8259, section 7) resolved, to UTF-8. */
    private static Reading json(String text) {
      StringBuilder said = new StringBuilder();
      // No escape is shorter than what it says.
      int[] at = new int[text.length() + 1];
      int i = 0;
      while (i < text.length()) {
        int begin = i;
        String character = text.substring(i, i + 1);
        i++;
        if (character.equals("\\")) {
          if (i == text.length()) {
            break;
          }
          char escape = text.charAt(i++);
          if (escape == 'u') {
            int unit = hex(text, i);
            if (unit < 0 && i + HEX_DIGITS > text.length()) {
              break;
            }
            if (unit < 0) {
              character = "\\u";
            } else {
              i += HEX_DIGITS;
              int low = text.startsWith("\\u", i) ? hex(text, i + 2) : -1;
              if (low >= 0 && Character.isSurrogatePair((char) unit, (char) low)) {
                i += 2 + HEX_DIGITS;
                unit = Character.toCodePoint((char) unit, (char) low);
              }
              character = utf8(Character.toString(unit));
            }
          } else {
            character =
                switch (escape) {
                  case 'b' -> "\b";
                  case 'f' -> "\f";
                  case 'n' -> "\n";
                  case 'r' -> "\r";
                  case 't' -> "\t";
                  default -> String.valueOf(escape);
                };
          }
        }
        Arrays.fill(at, said.length(), said.length() + character.length(), begin);
        said.append(character);
      }
      // A half escape at the end belongs to what is before it.
      at[said.length()] = text.length();
      return new Reading(said.toString(), Arrays.copyOf(at, said.length() + 1));
    }

    /** The number of four hexadecimal digits; -1 if they are not there. */
    private static int hex(String text, int from) {
      if (from + HEX_DIGITS > text.length()) {
        return -1;
      }
      int number = 0;
      for (int i = from; i < from + HEX_DIGITS; i++) {
        int digit = Character.digit(text.charAt(i), 16);
        if (digit < 0) {
          return -1;
        }
        number = number * 16 + digit;
      }
      return number;
    }

    /** Marks where in the text the secret stands. */
    void mark(String secret, boolean cut, BitSet hidden) {
      for (int i = said.indexOf(secret); i >= 0; i = said.indexOf(secret, i + secret.length())) {
        hidden.set(at[i], at[i + secret.length()]);
      }
      if (cut) {
        int most = Math.min(secret.length() - 1, said.length());
        for (int length = most; length >= MIN_CHARACTERS; length--) {
          if (said.regionMatches(said.length() - length, secret, 0, length)) {
            hidden.set(at[said.length() - length], at[said.length()]);
            return;
          }
        }
      }
    }
  }
}
