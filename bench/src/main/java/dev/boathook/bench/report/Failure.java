package dev.boathook.bench.report;

/**
 * A measurement that did not come to its end.
 *
 * @param measurement its name, such as {@code accept}
 * @param reason one line
 */
public record Failure(String measurement, String reason) implements Outcome {}
