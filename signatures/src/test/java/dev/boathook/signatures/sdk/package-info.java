/** Our signatures against the libraries that the providers themselves give out. */
@org.jspecify.annotations.NullMarked
package dev.boathook.signatures.sdk;
