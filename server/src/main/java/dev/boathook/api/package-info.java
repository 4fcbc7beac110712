/** The admin listener's JSON API. */
@org.jspecify.annotations.NullMarked
package dev.boathook.api;
