/** Certificates and keys as TLS needs them, read from PEM. */
@org.jspecify.annotations.NullMarked
package dev.boathook.tls;
