package dev.boathook.deliver;

import dev.boathook.endpoint.Authentication;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.event.Event;
import dev.boathook.outbound.AccessTokens;
import dev.boathook.outbound.AttemptResult;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.HttpSender;
import dev.boathook.outbound.OutboundRequest;
import dev.boathook.outbound.Outcome;
import dev.boathook.outbound.Outcome.Unreachable.Reason;
import dev.boathook.world.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes one attempt: the request, the access token if the endpoint wants one, and the sending, all
 * within the endpoint's time-out.
 */
final class Courier {
  private static final int UNAUTHORIZED = 401;

  private final HttpSender sender;
  private final AccessTokens tokens;
  private final Ticker ticker;

  /** Attempts, and requests of tokens, go through this sender. */
  Courier(HttpSender sender, Ticker ticker) {
    this.sender = sender;
    this.tokens = new AccessTokens(sender, ticker);
    this.ticker = ticker;
  }

  /**
   * What was sent and what came of it.
   *
   * @param headers of the request, credentials by name alone
   * @param result the outcome and its evidence, without credentials that came back
   */
  record Sent(List<HttpHeader> headers, AttemptResult result) {}

  /**
   * Sends the event to the endpoint.
   *
   * @param sourceName the name of the event's source; empty for a published event
   * @throws InterruptedException if the thread was interrupted; whether the endpoint took the event
   *     is not known then
   */
  Sent send(Event event, Endpoint endpoint, Optional<String> sourceName, Instant attemptTime)
      throws InterruptedException {
    OutboundRequest request = Requests.of(event, endpoint, sourceName, attemptTime);
    if (!(endpoint.security().authentication() instanceof Authentication.OAuth oauth)) {
      return sent(request);
    }
    return withToken(
        request,
        new AccessTokens.Client(
            endpoint.id(), oauth.credentials(), endpoint.allowedNets(), request.tls()));
  }

  /** Keeps no token of an endpoint that is deleted or changed. */
  void forget(UUID endpointId) {
    tokens.forget(endpointId);
  }

  private Sent withToken(OutboundRequest request, AccessTokens.Client client)
      throws InterruptedException {
    long startNanos = ticker.nanoTime();
    return switch (tokens.get(client, request.timeout())) {
      case AccessTokens.Answer.None(String why) -> noToken(request, why, startNanos);
      case AccessTokens.Answer.Token token -> {
        Optional<Sent> first = send(request, token, startNanos);
        if (first.isEmpty()) {
          yield noToken(request, "the token URL did not answer in time", startNanos);
        }
        Sent sent = first.get();
        if (!(sent.result.outcome() instanceof Outcome.Refused(int status, _))
            || status != UNAUTHORIZED) {
          yield sent;
        }
        // The endpoint has answered: without another try, that is what came of the attempt.
        yield switch (tokens.renew(client, token, left(request, startNanos))) {
          case AccessTokens.Answer.None _ -> sent;
          case AccessTokens.Answer.Token another ->
              another.equals(token) ? sent : send(request, another, startNanos).orElse(sent);
        };
      }
    };
  }

  /** Empty, with nothing sent, when no time is left. */
  private Optional<Sent> send(
      OutboundRequest request, AccessTokens.Answer.Token token, long startNanos)
      throws InterruptedException {
    Duration left = left(request, startNanos);
    if (!left.isPositive()) {
      return Optional.empty();
    }
    OutboundRequest authorized = request.with(token.header(), left);
    Sent sent = sent(authorized);
    return Optional.of(new Sent(sent.headers, sent.result.lasting(ticker.nanoTime() - startNanos)));
  }

  private Sent sent(OutboundRequest request) throws InterruptedException {
    return new Sent(
        request.shownHeaders(), Echoes.hidden(sender.send(request), request.credentials()));
  }

  private Duration left(OutboundRequest request, long startNanos) {
    return request.timeout().minusNanos(ticker.nanoTime() - startNanos);
  }

  private Sent noToken(OutboundRequest request, String why, long startNanos) {
    return new Sent(
        request.shownHeaders(),
        new AttemptResult(
            new Outcome.Unreachable(Reason.TOKEN, "no access token: " + why),
            List.of(),
            new byte[0],
            false,
            Math.max(0, ticker.nanoTime() - startNanos),
            null));
  }
}
