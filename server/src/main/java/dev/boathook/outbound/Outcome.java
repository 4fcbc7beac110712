package dev.boathook.outbound;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt. The sender of the attempt produces it; the engine decides by it alone
 * what happens to the delivery.
 */
public sealed interface Outcome {

  /** The longest {@link #detail()}, in characters; longer ones are cut. */
  int MAX_DETAIL_CHARS = 300;

  /** A stable lower_snake name of the kind, fit for a metric label, a column and the API. */
  String code();

  /** What happened, in a few words for people: one line, without control characters. */
  String detail();

  /**
   * The endpoint answered 2xx, the only success.
   *
   * <p>From: a response head with such a status, whatever became of the response body afterwards.
   * The engine: the delivery is done.
   */
  record Delivered(int status) implements Outcome {
    /** Its {@link #code()}. */
    public static final String CODE = "delivered";

    public Delivered {
      if (status < 200 || status > 299) {
        throw new IllegalArgumentException("not a 2xx status: " + status);
      }
    }

    @Override
    public String code() {
      return CODE;
    }

    @Override
    public String detail() {
      return "HTTP " + status;
    }
  }

  /**
   * The endpoint answered, and it was neither 2xx nor 410. Redirects are among these: they are
   * never followed.
   *
   * <p>From: a complete response head. The engine: tries again on its schedule, but not before
   * {@code retryAfter}.
   *
   * @param retryAfter how long the endpoint asks us to wait with 429 or 503, from 0 to {@link
   *     #MAX_RETRY_AFTER}, or null if it did not say or could not be understood
   */
  record Refused(int status, @Nullable Duration retryAfter) implements Outcome {

    /** A longer wish than this is cut to it. */
    public static final Duration MAX_RETRY_AFTER = Duration.ofDays(1);

    public Refused {
      if (status < 300 || status > 999 || status == 410) {
        throw new IllegalArgumentException("not a status that refuses: " + status);
      }
      if (retryAfter != null
          && (retryAfter.isNegative() || retryAfter.compareTo(MAX_RETRY_AFTER) > 0)) {
        throw new IllegalArgumentException("retryAfter out of 0..1 day: " + retryAfter);
      }
    }

    @Override
    public String code() {
      return "refused";
    }

    @Override
    public String detail() {
      return retryAfter == null
          ? "HTTP " + status
          : "HTTP " + status + ", retry after " + retryAfter.toSeconds() + " s";
    }
  }

  /**
   * The endpoint answered 410: it does not exist any more and wants nothing further.
   *
   * <p>From: a complete response head with that status. The engine: disables the endpoint; the
   * delivery is dead.
   */
  record Gone() implements Outcome {
    @Override
    public String code() {
      return "gone";
    }

    @Override
    public String detail() {
      return "HTTP 410";
    }
  }

  /**
   * The attempt's time ran out.
   *
   * <p>From: the deadline of the attempt. The engine: tries again on its schedule. In {@link
   * Phase#RESPONSE} it is not known whether the endpoint took the event, so an ordered lane repeats
   * the same head.
   */
  record TimedOut(Phase phase) implements Outcome {

    /** How far the attempt had come. Before {@link #RESPONSE} no byte of the request was sent. */
    public enum Phase {
      /** Waiting for the name's addresses. */
      RESOLVE("while resolving the host"),
      /** Waiting for one of our own connections to become free. */
      WAIT("while waiting for a free connection"),
      /** Opening the connection, TLS included. */
      CONNECT("while connecting"),
      /** Sending the request or waiting for a complete response head: ambiguous. */
      RESPONSE("before a complete response");

      private final String words;

      Phase(String words) {
        this.words = words;
      }
    }

    @Override
    public String code() {
      return "timed_out";
    }

    @Override
    public String detail() {
      return "timed out " + phase.words;
    }
  }

  /**
   * No answer could be had.
   *
   * <p>From: the network, DNS, TLS, an authorization server, or an endpoint that does not speak
   * HTTP. The engine: tries again on its schedule. After {@link Reason#CONNECTION_RESET} and {@link
   * Reason#BAD_RESPONSE} the endpoint may have taken the event all the same.
   */
  record Unreachable(Reason reason, String detail) implements Outcome {

    /** Why not. */
    public enum Reason {
      /** The host's name has no address, or DNS failed. */
      DNS,
      /** Nobody listens at the address. */
      CONNECTION_REFUSED,
      /** No way to the address. */
      NO_ROUTE,
      /** TLS could not be agreed, or the certificate is not to be trusted. */
      TLS,
      /** The connection broke before a complete response head. */
      CONNECTION_RESET,
      /** What came back is not HTTP, or goes past our limits. */
      BAD_RESPONSE,
      /** The access token that the endpoint wants could not be had; nothing was sent to it. */
      TOKEN;

      /** A stable lower_snake name. */
      public String code() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    public Unreachable {
      detail = oneLine(detail);
    }

    @Override
    public String code() {
      return "unreachable";
    }
  }

  /**
   * Our own rules forbid the address, so nothing was sent and no connection was opened.
   *
   * <p>From: the address rules. The engine: tries again on its schedule like {@link Unreachable},
   * because DNS may answer otherwise later and an operator may open the range.
   */
  record Blocked(String detail) implements Outcome {
    public Blocked {
      detail = oneLine(detail);
    }

    @Override
    public String code() {
      return "blocked";
    }
  }

  /**
   * The request could not be made for a reason of ours: its event is no longer kept, or a bug.
   *
   * <p>From: the dispatcher. The engine: tries again on its schedule, so that a restart with the
   * reason mended delivers, and what never can be is seen among the dead letters.
   */
  record Internal(String detail) implements Outcome {
    public Internal {
      detail = oneLine(detail);
    }

    @Override
    public String code() {
      return "internal_error";
    }
  }

  private static String oneLine(String text) {
    String cut = text.length() > MAX_DETAIL_CHARS ? text.substring(0, MAX_DETAIL_CHARS) : text;
    return cut.replaceAll("\\p{Cntrl}", " ");
  }
}
