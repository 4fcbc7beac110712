/** The ids and tokens that people see: a prefix and 26 characters of base32. */
@org.jspecify.annotations.NullMarked
package dev.boathook.id;
