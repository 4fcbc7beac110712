/** Inbound sequence: what comes ahead of its predecessors waits, what comes late is told apart. */
@org.jspecify.annotations.NullMarked
package dev.boathook.sequence;
