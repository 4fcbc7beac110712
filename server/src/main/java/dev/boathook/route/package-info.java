/** The directory of all that is configured, in memory, and which endpoints want an event. */
@org.jspecify.annotations.NullMarked
package dev.boathook.route;
