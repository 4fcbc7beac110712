/**
 * The command line: reads arguments, runs a command, answers with an exit status. {@code verify}
 * and {@code sign} do their work here; the server and the demo are handed in.
 */
@org.jspecify.annotations.NullMarked
package dev.boathook.cli;
