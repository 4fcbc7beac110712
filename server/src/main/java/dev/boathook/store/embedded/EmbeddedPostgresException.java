package dev.boathook.store.embedded;

import org.jspecify.annotations.Nullable;

/** Why the embedded PostgreSQL cannot run: something that an operator caused or can mend. */
public final class EmbeddedPostgresException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Code code;

  EmbeddedPostgresException(Code code, String message) {
    this(code, message, null);
  }

  EmbeddedPostgresException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The stable name of the failure; the message says what happened and what to do. */
  public Code code() {
    return code;
  }

  /** What can go wrong. */
  public enum Code {
    /** Another Boathook holds the lock on the data folder. */
    DATA_DIRECTORY_IN_USE("data_directory_in_use"),
    /** The data folder was made by another major version of PostgreSQL. */
    DATA_DIRECTORY_VERSION("data_directory_version"),
    /** The data folder cannot be made, read or written, or lacks a file that we put there. */
    DATA_DIRECTORY_UNUSABLE("data_directory_unusable"),
    /** There are no programs for this system, or they cannot be unpacked or do not run. */
    BINARIES_UNUSABLE("binaries_unusable"),
    /** The port that was asked for, or every port that was tried, belongs to somebody else. */
    PORT_IN_USE("port_in_use"),
    /** We are root, and there is no way here to run PostgreSQL as anybody else. */
    ROOT_REFUSED("root_refused"),
    /** The new cluster could not be made. */
    INITIALIZATION_FAILED("initialization_failed"),
    /** PostgreSQL ended, or did not become ready in time. */
    START_FAILED("start_failed"),
    /** A PostgreSQL that an earlier process left on this folder does not end. */
    ORPHAN_NOT_STOPPED("orphan_not_stopped");

    private final String value;

    Code(String value) {
      this.value = value;
    }

    /** The code as shown to people and machines. */
    public String value() {
      return value;
    }
  }
}
