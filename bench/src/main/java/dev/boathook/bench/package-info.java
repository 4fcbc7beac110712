/** Measures the product against the least that no design can avoid. */
@org.jspecify.annotations.NullMarked
package dev.boathook.bench;
