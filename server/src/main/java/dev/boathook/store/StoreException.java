package dev.boathook.store;

import org.jspecify.annotations.Nullable;

/** The store cannot be used, for a reason that an operator can mend. */
public final class StoreException extends Exception {
  private final String code;

  /** Says what is wrong and what to do. */
  public StoreException(String code, String message) {
    super(message);
    this.code = code;
  }

  /** Says what is wrong and what to do. */
  public StoreException(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** A stable word for the reason. */
  public String code() {
    return code;
  }
}
