package dev.boathook.key;

/** What an API key may do; a key has one or more. */
public enum Scope {
  /** Look at everything of the project but secrets. */
  READ("read"),
  /** Publish events. */
  PUBLISH("publish"),
  /** Make, change and delete sources, consumers and endpoints; replay and cancel. */
  MANAGE("manage"),
  /**
   * Make and revoke keys, open private networks for an endpoint, and replay, cancel and unblock
   * many deliveries at once.
   */
  OPERATE("operate");

  private final String code;

  Scope(String code) {
    this.code = code;
  }

  /** The word in the database and in the API. */
  public String code() {
    return code;
  }

  /** The scope of a {@link #code}. */
  public static Scope of(String code) {
    for (Scope scope : values()) {
      if (scope.code.equals(code)) {
        return scope;
      }
    }
    throw new IllegalArgumentException("no scope: " + code);
  }
}
