/** Events: what was accepted, once, with the bytes that came. */
@org.jspecify.annotations.NullMarked
package dev.boathook.event;
