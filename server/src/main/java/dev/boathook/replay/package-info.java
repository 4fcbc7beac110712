/** Deliveries repeated or called off on purpose. */
@org.jspecify.annotations.NullMarked
package dev.boathook.replay;
