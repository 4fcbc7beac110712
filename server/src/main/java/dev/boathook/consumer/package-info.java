/** Consumers: outside parties to whom a platform sends. */
@org.jspecify.annotations.NullMarked
package dev.boathook.consumer;
