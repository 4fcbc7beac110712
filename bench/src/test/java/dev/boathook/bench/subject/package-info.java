/** Tests of the programs that are measured, as real processes on real PostgreSQLs. */
@NullMarked
package dev.boathook.bench.subject;

import org.jspecify.annotations.NullMarked;
