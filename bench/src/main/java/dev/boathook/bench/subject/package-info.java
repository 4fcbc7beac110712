/**
 * The programs that are measured, each a process of its own on a PostgreSQL of its own, and what
 * they use.
 */
@NullMarked
package dev.boathook.bench.subject;

import org.jspecify.annotations.NullMarked;
