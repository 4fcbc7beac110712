package dev.boathook.api;

import dev.boathook.key.Scope;
import dev.boathook.receive.ProblemDocument;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A problem document, RFC 9457.
 *
 * @param status the HTTP status
 * @param code the stable word for the kind of problem; programs go by it
 * @param title what the kind of problem is
 * @param detail what is wrong this time
 * @param errors the fields that are wrong
 * @param headers further headers of the answer
 * @param members further members of the document
 */
record Problem(
    int status,
    String code,
    String title,
    String detail,
    List<FieldError> errors,
    Map<String, String> headers,
    Map<String, String> members) {
  private static final String RETRY_AFTER_SECONDS = "5";

  /** What is wrong with one field. */
  record FieldError(String field, String message) {}

  private Problem(int status, String code, String title, String detail) {
    this(status, code, title, detail, List.of(), Map.of(), Map.of());
  }

  private static Problem ofField(
      int status, String code, String title, String field, String message) {
    return new Problem(
        status,
        code,
        title,
        field + ": " + message,
        List.of(new FieldError(field, message)),
        Map.of(),
        Map.of());
  }

  private Problem withHeader(String name, String value) {
    return new Problem(status, code, title, detail, errors, Map.of(name, value), members);
  }

  Problem withMember(String name, String value) {
    return new Problem(status, code, title, detail, errors, headers, Map.of(name, value));
  }

  static Problem unauthorized() {
    return new Problem(
            401,
            "unauthorized",
            "Unauthorized",
            "a valid API key is needed: Authorization: Bearer bhk_…")
        .withHeader("www-authenticate", "Bearer realm=\"boathook\"");
  }

  static Problem forbidden(Scope missing) {
    return new Problem(
        403, "forbidden", "Forbidden", "the key lacks the scope '" + missing.code() + "'");
  }

  static Problem notFound() {
    return new Problem(404, "not_found", "Not found", "there is nothing of this name here");
  }

  static Problem methodNotAllowed(String allowed) {
    return new Problem(
            405, "method_not_allowed", "Method not allowed", "only " + allowed + " is possible")
        .withHeader("allow", allowed);
  }

  static Problem malformedJson(String detail) {
    return new Problem(400, "malformed_json", "Malformed JSON", detail);
  }

  static Problem unknownField(String field) {
    return ofField(400, "unknown_field", "Unknown field", field, "is not known here");
  }

  static Problem invalidParameter(String parameter, String message) {
    return ofField(400, "invalid_parameter", "Invalid query parameter", parameter, message);
  }

  static Problem invalid(String field, String message) {
    return invalid("invalid", field, message);
  }

  static Problem invalid(String code, String field, String message) {
    return ofField(422, code, "Invalid value", field, message);
  }

  static Problem nameTaken(String name) {
    return ofField(
        409, "name_taken", "Name taken", "name", "'" + name + "' has another definition already");
  }

  static Problem conflict(String code, String title, String detail) {
    return new Problem(409, code, title, detail);
  }

  static Problem bodyTooLarge(int maxBytes) {
    return new Problem(
        413, "body_too_large", "Body too large", "a body has at most " + maxBytes + " bytes");
  }

  static Problem notJson() {
    return new Problem(
        415, "unsupported_media_type", "Unsupported media type", "send application/json");
  }

  static Problem internal(String errorId) {
    return new Problem(
        500, "internal", "Internal error", "the log has more about error " + errorId);
  }

  static Problem unavailable(String code, String detail) {
    return new Problem(503, code, "Unavailable", detail)
        .withHeader("retry-after", RETRY_AFTER_SECONDS);
  }

  Refusal refusal() {
    return new Refusal(this);
  }

  Answer answer() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", ProblemDocument.type(code));
    document.put("title", title);
    document.put("status", status);
    document.put("code", code);
    document.put("detail", detail);
    if (!errors.isEmpty()) {
      document.put("errors", errors);
    }
    document.putAll(members);
    return new Answer(status, ProblemDocument.MEDIA_TYPE, Json.bytes(document), headers);
  }
}
