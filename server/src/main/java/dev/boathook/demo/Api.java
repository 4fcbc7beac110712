package dev.boathook.demo;

import dev.boathook.signatures.Headers;
import java.io.IOException;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server's API, with the server's key. */
final class Api {
  private final Server server;
  private final Caller caller;

  Api(Server server, Caller caller) {
    this.server = server;
    this.caller = caller;
  }

  /** Posts an object, whatever the answer is. */
  Answer post(String path, Map<String, ?> fields) throws IOException, InterruptedException {
    Headers headers = key().plus(Headers.of("content-type", "application/json"));
    byte[] body = JsonMapper.shared().writeValueAsBytes(fields);
    return caller.post(server.adminUrl() + path, headers, body);
  }

  /** Makes something that has to succeed for the demo to go on. */
  JsonNode make(String path, Map<String, ?> fields) throws IOException, InterruptedException {
    return succeeded("POST " + path, post(path, fields));
  }

  /** Gets something that has to be there. */
  JsonNode get(String path) throws IOException, InterruptedException {
    return succeeded("GET " + path, caller.get(server.adminUrl() + path, key()));
  }

  private static JsonNode succeeded(String what, Answer answer) throws IOException {
    if (!answer.isSuccess()) {
      throw new IOException(what + " was answered " + answer.status() + ": " + answer.text());
    }
    return answer.json();
  }

  private Headers key() {
    return Headers.of("authorization", "Bearer " + server.key());
  }
}
