package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The OpenAPI document, and the question whether an exchange is as it says. */
final class OpenApiDocument {
  private static final String SCHEMAS = "#/components/schemas/";
  private static final Set<String> METHODS = Set.of("get", "post", "patch", "delete");

  private final JsonNode root;

  private OpenApiDocument(JsonNode root) {
    this.root = root;
  }

  static OpenApiDocument load() {
    try (InputStream in =
        Objects.requireNonNull(AdminApi.class.getResourceAsStream("openapi.yaml"))) {
      return new OpenApiDocument(new YAMLMapper().readTree(in));
    } catch (java.io.IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One operation: what must agree with a route. */
  record Operation(
      String method, String path, String operationId, List<String> scopes, Set<String> query) {}

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : root.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (METHODS.contains(operation.getKey())) {
          operations.add(
              new Operation(
                  operation.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  operation.getValue().get("operationId").stringValue(),
                  scopes(operation.getValue()),
                  query(operation.getValue())));
        }
      }
    }
    return operations;
  }

  boolean takesBody(Operation operation) {
    return node(operation.method(), operation.path()).has("requestBody");
  }

  private static List<String> scopes(JsonNode operation) {
    JsonNode security = operation.get("security");
    List<String> scopes = new ArrayList<>();
    for (JsonNode requirement : security) {
      for (JsonNode scope : requirement.get("key")) {
        scopes.add(scope.stringValue());
      }
    }
    return scopes;
  }

  private Set<String> query(JsonNode operation) {
    Set<String> names = new TreeSet<>();
    if (operation.has("parameters")) {
      for (JsonNode reference : operation.get("parameters")) {
        JsonNode parameter = resolved(reference);
        assertThat(parameter.get("in").stringValue()).isEqualTo("query");
        names.add(parameter.get("name").stringValue());
      }
    }
    return names;
  }

  /** Every reference in the document, by its target. */
  Set<String> references() {
    Set<String> references = new TreeSet<>();
    collect(root, references);
    return references;
  }

  private static void collect(JsonNode node, Set<String> references) {
    if (node.has("$ref")) {
      references.add(node.get("$ref").stringValue());
    }
    node.forEach(child -> collect(child, references));
  }

  Set<String> schemas() {
    Set<String> names = new TreeSet<>();
    root.get("components").get("schemas").propertyNames().forEach(n -> names.add(SCHEMAS + n));
    return names;
  }

  JsonNode resolve(String reference) {
    JsonNode node = root.at(reference.substring(1));
    assertThat(node.isMissingNode()).as(reference).isFalse();
    return node;
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? resolve(node.get("$ref").stringValue()) : node;
  }

  private JsonNode node(String method, String path) {
    return root.get("paths").get(path).get(method.toLowerCase(Locale.ROOT));
  }

  private Optional<JsonNode> match(String method, String path) {
    String[] parts = path.split("/", -1);
    for (Map.Entry<String, JsonNode> candidate : root.get("paths").properties()) {
      String[] pattern = candidate.getKey().split("/", -1);
      boolean fits = pattern.length == parts.length;
      for (int i = 0; fits && i < parts.length; i++) {
        fits = pattern[i].startsWith("{") || pattern[i].equals(parts[i]);
      }
      if (fits) {
        return Optional.ofNullable(candidate.getValue().get(method.toLowerCase(Locale.ROOT)));
      }
    }
    return Optional.empty();
  }

  /** Fails unless the document describes such an answer; a request that was taken must fit too. */
  void check(String method, String path, @Nullable JsonNode requestBody, TestingAdmin.Reply reply) {
    if (path.startsWith("/in/")) {
      return;
    }
    if (reply.contentType().equals("application/problem+json")) {
      checkSchema(resolve(SCHEMAS + "Problem"), reply.json(), "problem");
    }
    Optional<JsonNode> operation = match(method, path);
    if (operation.isEmpty()) {
      assertThat(reply.status()).isIn(404, 405);
      return;
    }
    JsonNode described = operation.get().get("responses").get(String.valueOf(reply.status()));
    assertThat(described).as("%s %s answers %s", method, path, reply.status()).isNotNull();
    JsonNode content = resolved(described).get("content");
    if (content == null) {
      assertThat(reply.body()).isEmpty();
    } else if (!content.has("*/*")) {
      JsonNode media = content.get(reply.contentType());
      assertThat(media).as("%s %s: %s", method, path, reply.contentType()).isNotNull();
      if (reply.contentType().endsWith("json")) {
        checkSchema(media.get("schema"), reply.json(), "answer");
      }
    }
    if (reply.status() < 300 && requestBody != null) {
      JsonNode schema =
          operation.get().get("requestBody").get("content").get("application/json").get("schema");
      checkSchema(schema, requestBody, "request");
    }
  }

  private void checkSchema(JsonNode reference, JsonNode value, String where) {
    JsonNode schema = resolved(reference);
    if (schema.has("oneOf")) {
      long fitting = 0;
      for (JsonNode option : schema.get("oneOf")) {
        fitting += fits(option, value, where) ? 1 : 0;
      }
      assertThat(fitting).as(where).isEqualTo(1);
      return;
    }
    if (schema.has("type")) {
      JsonNode type = schema.get("type");
      List<String> types = new ArrayList<>();
      if (type.isArray()) {
        type.forEach(t -> types.add(t.stringValue()));
      } else {
        types.add(type.stringValue());
      }
      assertThat(types).as(where).anyMatch(t -> isOf(t, value));
    }
    if (schema.has("const")) {
      assertThat(value).as(where).isEqualTo(schema.get("const"));
    }
    if (schema.has("enum")) {
      assertThat(schema.get("enum")).as(where).contains(value);
    }
    if (schema.has("format") && schema.get("format").stringValue().equals("date-time")) {
      if (value.isString()) {
        assertThat(OffsetDateTime.parse(value.stringValue())).isNotNull();
      }
    }
    if (value.isArray() && schema.has("items")) {
      value.forEach(item -> checkSchema(schema.get("items"), item, where + "[]"));
    }
    List<JsonNode> parts = new ArrayList<>();
    addParts(schema, parts);
    if (value.isObject() && parts.stream().anyMatch(part -> part.has("properties"))) {
      checkObject(parts, value, where);
    }
  }

  /** The schema itself and all that it is made of. */
  private void addParts(JsonNode schema, List<JsonNode> parts) {
    parts.add(schema);
    if (schema.has("allOf")) {
      schema.get("allOf").forEach(part -> addParts(resolved(part), parts));
    }
  }

  private void checkObject(List<JsonNode> parts, JsonNode value, String where) {
    for (JsonNode part : parts) {
      for (JsonNode name : part.path("required")) {
        assertThat(value.has(name.stringValue())).as(where + name).isTrue();
      }
    }
    for (Map.Entry<String, JsonNode> property : value.properties()) {
      JsonNode described =
          parts.stream()
              .map(part -> part.path("properties"))
              .filter(properties -> properties.has(property.getKey()))
              .findFirst()
              .orElseThrow(
                  () -> new AssertionError(where + "." + property.getKey() + " is not described"))
              .get(property.getKey());
      checkSchema(described, property.getValue(), where + "." + property.getKey());
    }
  }

  private boolean fits(JsonNode schema, JsonNode value, String where) {
    try {
      checkSchema(schema, value, where);
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  private static boolean isOf(String type, JsonNode value) {
    return switch (type) {
      case "string" -> value.isString();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "array" -> value.isArray();
      case "object" -> value.isObject();
      case "null" -> value.isNull();
      default -> throw new AssertionError("unknown type " + type);
    };
  }
}
