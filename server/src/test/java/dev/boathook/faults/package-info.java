/** The promises under faults: killed, stopped, frozen and refused servers, as real processes. */
@org.jspecify.annotations.NullMarked
package dev.boathook.faults;
