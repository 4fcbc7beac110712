/** API keys, and the sealing of secrets at rest. */
@org.jspecify.annotations.NullMarked
package dev.boathook.key;
