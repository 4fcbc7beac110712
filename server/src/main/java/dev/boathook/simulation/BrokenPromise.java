package dev.boathook.simulation;

/** Ends a history: a promise does not hold in it. */
final class BrokenPromise extends RuntimeException {
  private final Promise promise;

  BrokenPromise(Promise promise, String how) {
    super(how);
    this.promise = promise;
  }

  BrokenPromise(Promise promise, String how, Throwable cause) {
    super(how, cause);
    this.promise = promise;
  }

  Promise promise() {
    return promise;
  }
}
