/** Takes deliveries, counts them and knows how long they took. */
@NullMarked
package dev.boathook.bench.receiver;

import org.jspecify.annotations.NullMarked;
