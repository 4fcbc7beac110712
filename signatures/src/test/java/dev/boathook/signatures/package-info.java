/** Proves that every provider's signatures are verified, made and read as the provider says. */
@org.jspecify.annotations.NullMarked
package dev.boathook.signatures;
