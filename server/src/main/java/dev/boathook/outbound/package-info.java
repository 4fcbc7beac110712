/**
 * Sending one attempt over HTTP, safely: which URLs and addresses are acceptable, and one POST with
 * a hard deadline and a limit on everything that comes back. It knows nothing of retries, lanes or
 * signatures.
 */
@NullMarked
package dev.boathook.outbound;

import org.jspecify.annotations.NullMarked;
