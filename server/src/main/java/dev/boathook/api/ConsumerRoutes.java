package dev.boathook.api;

import static dev.boathook.key.Scope.MANAGE;
import static dev.boathook.key.Scope.PUBLISH;
import static dev.boathook.key.Scope.READ;

import dev.boathook.accept.Acceptance;
import dev.boathook.consumer.Consumer;
import dev.boathook.id.IdKind;
import dev.boathook.publish.Publication;
import dev.boathook.publish.Publisher;
import dev.boathook.store.NameTakenException;
import dev.boathook.world.World;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Consumers, and publishing for them. */
final class ConsumerRoutes {
  private static final Set<String> FIELDS = Set.of("name", "weight");

  private final World world;
  private final Configuration configuration;
  private final Publisher publisher;

  ConsumerRoutes(World world, Configuration configuration, Publisher publisher) {
    this.world = world;
    this.configuration = configuration;
    this.publisher = publisher;
  }

  List<Route> table() {
    return List.of(
        Route.post("/v1/consumers", "createConsumer", MANAGE, this::create),
        Route.get("/v1/consumers", "listConsumers", READ, this::list, Page.LIMIT, Page.CURSOR),
        Route.get("/v1/consumers/{id}", "getConsumer", READ, this::get),
        Route.patch("/v1/consumers/{id}", "changeConsumer", MANAGE, this::change),
        Route.delete("/v1/consumers/{id}", "deleteConsumer", MANAGE, this::delete),
        Route.post("/v1/consumers/{id}/events", "publishEvent", PUBLISH, this::publish)
            .withMaxBodyBytes(Publication.MAX_BYTES));
  }

  /** A consumer as it is shown. */
  private record View(String id, String name, int weight, Instant createdAt, Instant updatedAt) {}

  private static View view(Consumer consumer) {
    return new View(
        IdKind.CONSUMER.format(consumer.id()),
        consumer.name(),
        consumer.weight(),
        consumer.createdAt(),
        consumer.updatedAt());
  }

  private static int weight(Fields fields, int absent) throws Refusal {
    return fields.integer("weight", Consumer.DEFAULT_WEIGHT, Consumer.MAX_WEIGHT, absent);
  }

  private Answer create(Call call) throws Refusal {
    Fields fields = call.fields(FIELDS);
    String name = fields.name("name");
    int weight = weight(fields, Consumer.DEFAULT_WEIGHT);
    for (Consumer consumer : call.project().consumers().values()) {
      if (consumer.name().equals(name)) {
        if (fields.has("weight") && consumer.weight() != weight) {
          throw Problem.nameTaken(name).refusal();
        }
        return Answer.json(200, view(consumer));
      }
    }
    Instant now = world.clock().instant();
    Consumer made = new Consumer(call.projectId(), world.ids().next(), name, weight, now, now);
    return Answer.json(201, view(save(call, made)));
  }

  private Answer list(Call call) throws Refusal {
    return call.page()
        .answerAll(call.project().consumers().values(), Consumer::id, ConsumerRoutes::view);
  }

  private Answer get(Call call) throws Refusal {
    return Answer.json(200, view(find(call)));
  }

  private Answer change(Call call) throws Refusal {
    Consumer consumer = find(call);
    Fields fields = call.fields(FIELDS);
    Consumer changed =
        new Consumer(
            consumer.projectId(),
            consumer.id(),
            fields.has("name") ? fields.name("name") : consumer.name(),
            weight(fields, consumer.weight()),
            consumer.createdAt(),
            world.clock().instant());
    return Answer.json(200, view(save(call, changed)));
  }

  private Answer delete(Call call) throws Refusal {
    if (!configuration
        .consumers()
        .delete(configuration.changes(), call.projectId(), call.id(IdKind.CONSUMER))) {
      throw Problem.notFound().refusal();
    }
    return Answer.nothing();
  }

  /** What was published; {@code duplicate} when it had been before. */
  private record Published(
      String id,
      String consumer,
      String type,
      @Nullable String key,
      @Nullable String externalId,
      boolean duplicate) {}

  private Answer publish(Call call) throws Refusal, InterruptedException {
    UUID consumerId = find(call).id();
    Publication publication =
        switch (Publication.read(call.body())) {
          case Publication.Read.Complete complete -> complete.publication();
          case Publication.Read.Malformed malformed ->
              throw Problem.malformedJson(malformed.detail()).refusal();
          case Publication.Read.UnknownField unknown ->
              throw Problem.unknownField(unknown.field()).refusal();
          case Publication.Read.Invalid invalid ->
              throw Problem.invalid(invalid.field(), invalid.message()).refusal();
        };
    return switch (publisher.publish(call.projectId(), consumerId, publication)) {
      case Acceptance.Accepted accepted ->
          Answer.json(201, published(accepted.eventId(), consumerId, publication, false));
      case Acceptance.Duplicate(UUID original, boolean sameBody) -> {
        if (!sameBody) {
          throw conflict(original);
        }
        yield Answer.json(200, published(original, consumerId, publication, true));
      }
      case Acceptance.Unavailable unavailable ->
          throw Problem.unavailable(unavailable.reason().code(), "publish it again").refusal();
      case Acceptance.Unacceptable unacceptable ->
          throw Problem.invalid("data", unacceptable.detail()).refusal();
    };
  }

  private static Refusal conflict(UUID original) {
    String id = IdKind.EVENT.format(original);
    return Problem.conflict(
            "id_conflict", "Id used before", "another event was published with this id: " + id)
        .withMember("event", id)
        .refusal();
  }

  private static Published published(
      UUID eventId, UUID consumerId, Publication publication, boolean duplicate) {
    return new Published(
        IdKind.EVENT.format(eventId),
        IdKind.CONSUMER.format(consumerId),
        publication.type(),
        publication.key(),
        publication.id(),
        duplicate);
  }

  private Consumer save(Call call, Consumer consumer) throws Refusal {
    try {
      configuration.consumers().save(configuration.changes(), consumer);
    } catch (NameTakenException e) {
      throw Problem.nameTaken(consumer.name()).refusal();
    }
    return find(call, consumer.id());
  }

  private static Consumer find(Call call) throws Refusal {
    return find(call, call.id(IdKind.CONSUMER));
  }

  private static Consumer find(Call call, UUID id) throws Refusal {
    Consumer consumer = call.project().consumers().get(id);
    if (consumer == null) {
      throw Problem.notFound().refusal();
    }
    return consumer;
  }
}
