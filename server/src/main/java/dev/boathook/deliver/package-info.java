/** Delivering: the engine that decides, and the shell that sends, records and wakes it. */
@org.jspecify.annotations.NullMarked
package dev.boathook.deliver;
