package dev.boathook.trigger;

/** In what way a request is made, and so what answer is right. */
public enum Manner {
  /** As the provider makes it; 2xx is right. */
  GENUINE,
  /** With a wrong signature or token; 401 and 403 are right. */
  FORGED,
  /** Signed correctly, but so long ago that no receiver may take it; 401 and 403 are right. */
  STALE;

  /** Whether a receiver that does its work answers so. */
  public boolean expects(int status) {
    return switch (this) {
      case GENUINE -> status >= 200 && status < 300;
      case FORGED, STALE -> status == 401 || status == 403;
    };
  }
}
