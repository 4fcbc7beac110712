/** Boathook itself: the main class, and the one place where everything is constructed. */
@org.jspecify.annotations.NullMarked
package dev.boathook;
