package dev.boathook.bench.subject;

import java.time.Duration;

/**
 * What a program and its PostgreSQL have used, from a start of no meaning: only differences mean
 * something.
 *
 * @param statements that the program had PostgreSQL run, BEGIN and COMMIT among them
 * @param walBytes that PostgreSQL wrote ahead, its own housekeeping among them
 * @param javaCpu of the program's process, to some 10 ms
 * @param postgresCpu of all of PostgreSQL's processes, to some 10 ms each
 */
public record Usage(long statements, long walBytes, Duration javaCpu, Duration postgresCpu) {
  /** What was used from then to this. */
  public Usage since(Usage before) {
    return new Usage(
        statements - before.statements,
        walBytes - before.walBytes,
        javaCpu.minus(before.javaCpu),
        postgresCpu.minus(before.postgresCpu));
  }
}
