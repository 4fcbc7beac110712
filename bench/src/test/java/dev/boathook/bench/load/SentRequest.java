package dev.boathook.bench.load;

import dev.boathook.signatures.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A request as a server would read it. */
@SuppressWarnings("ArrayRecordComponent") // For one assertion.
record SentRequest(String line, Headers headers, byte[] body) {
  static SentRequest parse(byte[] request) {
    String text = new String(request, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    List<String> lines = text.substring(0, end).lines().toList();
    Headers.Builder headers = Headers.builder();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    String body = text.substring(end + 4);
    return new SentRequest(
        lines.getFirst(), headers.build(), body.getBytes(StandardCharsets.ISO_8859_1));
  }
}
