/**
 * A real PostgreSQL of our own: unpacks the server's programs, makes its cluster once, keeps it
 * running under a data folder that one process owns, and recovers when either process is killed.
 */
@NullMarked
package dev.boathook.store.embedded;

import org.jspecify.annotations.NullMarked;
