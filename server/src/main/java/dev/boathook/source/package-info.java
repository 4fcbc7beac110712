/** Sources: where inbound webhooks come from. */
@org.jspecify.annotations.NullMarked
package dev.boathook.source;
