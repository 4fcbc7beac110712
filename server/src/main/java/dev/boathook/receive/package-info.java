/** The public listener: a provider's request is verified, then accepted. */
@org.jspecify.annotations.NullMarked
package dev.boathook.receive;
