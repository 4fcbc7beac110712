/**
 * Lives whole histories of several nodes in virtual time, with faults that a seed decides, and
 * checks the promises after every step. The core is the product's own; the store, the network and
 * the shell around the core are models.
 */
@org.jspecify.annotations.NullMarked
package dev.boathook.simulation;
