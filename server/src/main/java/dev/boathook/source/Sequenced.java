package dev.boathook.source;

/**
 * An event's position among those of one resource.
 *
 * @param rule by which it was found
 * @param resource the name of the resource, an id of at most 255 characters; empty if it has none
 * @param position what the source says
 */
public record Sequenced(SequenceRule rule, String resource, long position) {}
