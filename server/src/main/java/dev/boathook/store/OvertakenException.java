package dev.boathook.store;

/**
 * What was read before a change was no longer so when it was to be made, as often as it was tried:
 * other nodes have changed the project's configuration in between. Nothing of the change is made.
 */
public final class OvertakenException extends RuntimeException {
  OvertakenException() {
    super("other nodes change this project's configuration at the same time; try again");
  }
}
