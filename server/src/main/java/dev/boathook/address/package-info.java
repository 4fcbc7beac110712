/** IP addresses and ranges of them. */
@org.jspecify.annotations.NullMarked
package dev.boathook.address;
