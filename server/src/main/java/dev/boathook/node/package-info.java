/** Nodes on one database: which of them holds which shards, and what they tell each other. */
@org.jspecify.annotations.NullMarked
package dev.boathook.node;
