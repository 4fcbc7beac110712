/**
 * Plays a provider: makes its sample requests, signs them as it would (or wrongly, on purpose),
 * sends them and tells what came back. It prints nothing.
 */
@org.jspecify.annotations.NullMarked
package dev.boathook.trigger;
