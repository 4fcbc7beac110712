/** What was measured, and how it is told. */
@NullMarked
package dev.boathook.bench.report;

import org.jspecify.annotations.NullMarked;
