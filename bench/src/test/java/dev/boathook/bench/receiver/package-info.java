/** What the receiver counts is what was sent to it. */
@NullMarked
package dev.boathook.bench.receiver;

import org.jspecify.annotations.NullMarked;
