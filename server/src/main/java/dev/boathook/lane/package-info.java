/** The core of delivering: who is due, in what order, and what becomes of it. Pure: no I/O. */
@org.jspecify.annotations.NullMarked
package dev.boathook.lane;
