/**
 * Verifies and makes webhook signatures, and reads what a provider says about an event.
 *
 * <p>No dependency but the JDK, so that any Java service can use it without Boathook.
 */
@org.jspecify.annotations.NullMarked
package dev.boathook.signatures;
