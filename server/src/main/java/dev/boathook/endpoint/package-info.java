/** Endpoints: where events go, and which events they want. */
@org.jspecify.annotations.NullMarked
package dev.boathook.endpoint;
