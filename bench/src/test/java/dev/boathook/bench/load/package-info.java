/** What is told of a load is what a server saw. */
@NullMarked
package dev.boathook.bench.load;

import org.jspecify.annotations.NullMarked;
