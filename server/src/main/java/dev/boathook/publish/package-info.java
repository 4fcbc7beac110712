/** What a platform sends to its consumers comes in here. */
@org.jspecify.annotations.NullMarked
package dev.boathook.publish;
