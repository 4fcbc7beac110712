/**
 * The demo: a server as a process of its own, a receiver in this one, and what happens to webhooks
 * between them, told as a timeline in which every line with a mark is a promise that was checked.
 *
 * <p>Knows the server only from outside, by its HTTP API and its process.
 */
@org.jspecify.annotations.NullMarked
package dev.boathook.demo;
