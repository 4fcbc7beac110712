package dev.boathook.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads whole files of limited size. */
@FunctionalInterface
public interface FileReader {
  /** The largest file that holds a secret. */
  int MAX_SECRET_BYTES = 64 << 10;

  /**
   * The bytes of a file.
   *
   * @throws NoSuchFileException if there is none
   * @throws IOException if it cannot be read or holds more than {@code maxBytes}
   */
  byte[] read(Path file, int maxBytes) throws IOException;

  /** Reads from this machine's disk. */
  static FileReader disk() {
    return (file, maxBytes) -> {
      try (InputStream in = Files.newInputStream(file)) {
        return limited(in, maxBytes);
      }
    };
  }

  /**
   * The rest of a stream.
   *
   * @throws IOException if it cannot be read or holds more than {@code maxBytes}
   */
  static byte[] limited(InputStream in, int maxBytes) throws IOException {
    byte[] bytes = in.readNBytes(maxBytes);
    if (in.read() >= 0) {
      throw new IOException("holds more than " + maxBytes + " bytes");
    }
    return bytes;
  }

  /**
   * The text of a file with a secret, without the newline that editors and {@code echo} put at its
   * end.
   *
   * @throws IOException if it cannot be read or is not text in UTF-8
   */
  default String readSecret(Path file) throws IOException {
    String text = readText(file, MAX_SECRET_BYTES);
    if (text.endsWith("\n")) {
      text = text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1));
    }
    return text;
  }

  /**
   * The text of a file.
   *
   * @throws IOException if it cannot be read, is larger than {@code maxBytes} or is not text in
   *     UTF-8
   */
  default String readText(Path file, int maxBytes) throws IOException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(read(file, maxBytes)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IOException("is not text in UTF-8", e);
    }
  }

  /** What went wrong with a file, for people: the end of a sentence that begins with its name. */
  static String problem(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "does not exist";
      case AccessDeniedException _ -> "may not be read by this user";
      default -> String.valueOf(e.getMessage());
    };
  }
}
