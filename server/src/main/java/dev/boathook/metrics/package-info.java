/** What is counted and timed, for Prometheus. */
@org.jspecify.annotations.NullMarked
package dev.boathook.metrics;
