package dev.boathook.bench.report;

import java.util.Locale;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report for programs: every figure is an object with its {@code ratio}, under its name. */
public final class JsonReport {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private JsonReport() {}

  /** The report as one JSON object, indented, with a line's end at its end. */
  public static String of(Report report) {
    ObjectNode all = MAPPER.createObjectNode();
    machine(all.putObject("machine"), report.machine());
    Conditions conditions = report.conditions();
    all.putObject("options")
        .put("seconds", conditions.seconds())
        .put("connections", conditions.connections())
        .put("rounds", conditions.rounds())
        .put("smoke", conditions.smoke());
    ObjectNode measurements = all.putObject("measurements");
    for (Outcome outcome : report.outcomes()) {
      ObjectNode measurement = measurements.putObject(outcome.measurement());
      switch (outcome) {
        case Result result -> result(measurement, result);
        case Failure failure -> measurement.put("failure", failure.reason());
      }
    }
    all.put("sound", report.isSound());
    return MAPPER.writeValueAsString(all) + "\n";
  }

  private static void machine(ObjectNode object, Machine machine) {
    object
        .put("processors", machine.processors())
        .put("processor", machine.processor())
        .put("memory_bytes", machine.memoryBytes())
        .put("os", machine.os())
        .put("file_system", machine.fileSystem())
        .put("jdk", machine.jdk())
        .put("postgresql", machine.postgresql());
  }

  private static void result(ObjectNode object, Result result) {
    ObjectNode figures = object.putObject("figures");
    result.figures().forEach(figure -> figure(figures.putObject(figure.name()), figure));
    Counts counts = result.counts();
    object
        .putObject("counts")
        .put("accepted", counts.accepted())
        .put("refused", counts.refused())
        .put("stored", counts.stored())
        .put("delivered", counts.delivered())
        .put("duplicated", counts.duplicated())
        .put("missing", counts.missing())
        .put("sound", counts.isSound());
    ArrayNode notes = object.putArray("notes");
    result.notes().forEach(notes::add);
  }

  private static void figure(ObjectNode object, Figure figure) {
    object
        .put("label", figure.label())
        .put("unit", lower(figure.unit()))
        .put("value", figure.value())
        .put("floor", figure.floor())
        .put("ratio", figure.ratio());
    ArrayNode goals = object.putArray("goals");
    for (Goal goal : figure.goals()) {
      goals
          .addObject()
          .put("kind", lower(goal.kind()))
          .put("bound", goal.bound())
          .put("reached", figure.reaches(goal));
    }
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
