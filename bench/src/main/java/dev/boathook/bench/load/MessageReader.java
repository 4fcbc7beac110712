package dev.boathook.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/**
 * Reads the HTTP/1.1 messages of a connection, one after another, and makes no objects while it
 * does. Reads what the measured programs send: a body with a Content-Length, or none; never chunks.
 * For one thread.
 */
public final class MessageReader {
  /** The longest head, and how much of head and body together is kept to be looked at, in bytes. */
  public static final int MAX_KEPT_BYTES = 16 << 10;

  /** The longest body, in bytes. */
  public static final int MAX_BODY_BYTES = 1 << 20;

  /** The most lines of a head. */
  public static final int MAX_LINES = 100;

  private static final byte[] CONTENT_LENGTH = Ascii.bytes("content-length");
  private static final byte[] TRANSFER_ENCODING = Ascii.bytes("transfer-encoding");
  private static final byte[] CONNECTION = Ascii.bytes("connection");

  /** Where the three digits of {@code HTTP/1.1 200 OK} stand. */
  private static final int STATUS_START = 9;

  private static final int STATUS_END = 12;
  private static final int NO_CONTENT = 204;

  private final InputStream in;
  private final byte[] buffer = new byte[MAX_KEPT_BYTES];
  private final int[] lines = new int[MAX_LINES];
  private int lineCount;
  private int bodyStart;
  private int bodyEnd;
  private boolean hasLength;
  private int end;

  /** Reads from this stream, which needs no buffer of its own. */
  public MessageReader(InputStream in) {
    this.in = in;
  }

  /**
   * Reads the next message whole.
   *
   * @return false if the connection ended before it began
   * @throws ProtocolException if it is none that we read
   * @throws IOException if the connection breaks
   */
  public boolean read() throws IOException {
    System.arraycopy(buffer, bodyEnd, buffer, 0, end - bodyEnd);
    end -= bodyEnd;
    if (!readHead()) {
      return false;
    }
    readBody();
    return true;
  }

  private boolean readHead() throws IOException {
    lineCount = 0;
    int line = 0;
    int at = 0;
    while (true) {
      while (at < end) {
        if (buffer[at++] != '\n') {
          continue;
        }
        if (at < 2 || buffer[at - 2] != '\r') {
          throw new ProtocolException("a line of the head does not end with CR LF");
        }
        if (at - line == 2) {
          bodyStart = at;
          return true;
        }
        if (lineCount == MAX_LINES) {
          throw new ProtocolException("a head of more than " + MAX_LINES + " lines");
        }
        lines[lineCount++] = line;
        line = at;
      }
      if (end == MAX_KEPT_BYTES) {
        throw new ProtocolException("a head of more than " + MAX_KEPT_BYTES + " bytes");
      }
      if (!fill()) {
        if (end == 0) {
          bodyEnd = 0;
          return false;
        }
        throw new ProtocolException("the connection ended within a head");
      }
    }
  }

  private void readBody() throws IOException {
    if (value(TRANSFER_ENCODING) >= 0) {
      throw new ProtocolException("a body in chunks");
    }
    int place = value(CONTENT_LENGTH);
    hasLength = place >= 0;
    long length = hasLength ? number(place, lineEnd(place)) : 0;
    if (length < 0 || length > MAX_BODY_BYTES) {
      throw new ProtocolException("a Content-Length that is no number up to " + MAX_BODY_BYTES);
    }
    bodyEnd = (int) Math.min(MAX_KEPT_BYTES, bodyStart + length);
    while (end < bodyEnd) {
      if (!fill()) {
        throw new ProtocolException("the connection ended within a body");
      }
    }
    in.skipNBytes(length - (bodyEnd - bodyStart));
  }

  private boolean fill() throws IOException {
    int read = in.read(buffer, end, MAX_KEPT_BYTES - end);
    end += Math.max(0, read);
    return read >= 0;
  }

  /**
   * The status of an answer.
   *
   * @throws ProtocolException if what was read is no answer, or one that only the connection's end
   *     would end
   */
  public int status() throws ProtocolException {
    long status = lineEnd(0) < STATUS_END ? -1 : number(STATUS_START, STATUS_END);
    if (status < 0 || (status != NO_CONTENT && !hasLength)) {
      throw new ProtocolException("not an answer with a status and a length");
    }
    return (int) status;
  }

  /** Whether the first line begins so. */
  public boolean startsWith(byte[] ascii) {
    for (int i = 0; i < ascii.length; i++) {
      if (buffer[i] != ascii[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the connection is to be closed after this message. */
  public boolean isLast() {
    int place = value(CONNECTION);
    return place >= 0 && (buffer[place] | 0x20) == 'c';
  }

  /**
   * Where in {@link #bytes} a header's value begins; -1 if the header is not there.
   *
   * @param name in lower case
   */
  public int value(byte[] name) {
    for (int i = 1; i < lineCount; i++) {
      if (isNamed(lines[i], name)) {
        int place = lines[i] + name.length + 1;
        while (buffer[place] == ' ') {
          place++;
        }
        return place;
      }
    }
    return -1;
  }

  private boolean isNamed(int line, byte[] name) {
    // The blank line behind the head, or the limit on lines, stops it within the buffer.
    for (int i = 0; i < name.length; i++) {
      if ((buffer[line + i] | 0x20) != name[i]) {
        return false;
      }
    }
    return buffer[line + name.length] == ':';
  }

  /** Where the line of the head that has this place ends, without its CR LF. */
  public int lineEnd(int place) {
    int at = place;
    while (buffer[at] != '\r') {
      at++;
    }
    return at;
  }

  /** The number that stands there in decimal digits; -1 if there is none. */
  private long number(int from, int to) {
    return Ascii.number(buffer, from, to);
  }

  /** What was read last, until the next is read; not to be written to. */
  public byte[] bytes() {
    return buffer;
  }

  /** Where in {@link #bytes} the body begins. */
  public int bodyStart() {
    return bodyStart;
  }

  /** Where in {@link #bytes} the body ends, or what is kept of it. */
  public int bodyEnd() {
    return bodyEnd;
  }
}
