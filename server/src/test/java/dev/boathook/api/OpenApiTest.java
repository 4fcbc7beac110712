package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.key.Scope;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenApiTest {
  private final OpenApiDocument document = OpenApiDocument.load();

  @Test
  void the_document_and_the_route_table_describe_the_same_operations(@TempDir Path folder)
      throws Exception {
    try (TestingAdmin admin = new TestingAdmin(folder)) {
      Set<OpenApiDocument.Operation> routes =
          admin.table().stream()
              .map(route ->
                  new OpenApiDocument.Operation(
                      route.method().text(),
                      route.path(),
                      route.operationId(),
                      route.scope().map(Scope::code).stream().toList(),
                      new TreeSet<>(route.query())))
              .collect(Collectors.toSet());
      assertThat(document.operations()).containsExactlyInAnyOrderElementsOf(routes);
      assertThat(admin.table())
          .allSatisfy(route ->
              assertThat(document.operations())
                  .filteredOn(operation -> operation.operationId().equals(route.operationId()))
                  .allMatch(
                      operation -> document.takesBody(operation) == (route.maxBodyBytes() > 0)));
    }
  }

  @Test
  void every_reference_leads_somewhere_and_every_schema_is_used() {
    assertThat(document.references()).allSatisfy(reference -> document.resolve(reference));
    assertThat(document.references()).containsAll(document.schemas());
  }
}
