/** The least programs that do the unavoidable part, to compare with. */
@NullMarked
package dev.boathook.bench.floor;

import org.jspecify.annotations.NullMarked;
