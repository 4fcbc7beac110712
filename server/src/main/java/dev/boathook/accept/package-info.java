/** The one door: dedupe, event and its deliveries in one commit, then the answer. */
@org.jspecify.annotations.NullMarked
package dev.boathook.accept;
