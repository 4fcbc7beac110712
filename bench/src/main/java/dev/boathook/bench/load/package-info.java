/**
 * Makes the load: requests over kept connections, as fast as they are answered or at a set rate.
 */
@NullMarked
package dev.boathook.bench.load;

import org.jspecify.annotations.NullMarked;
