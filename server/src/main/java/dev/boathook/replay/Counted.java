package dev.boathook.replay;

/**
 * How many were found, or done.
 *
 * @param count so many
 * @param complete false when time was up before all had been looked at
 */
public record Counted(long count, boolean complete) {}
