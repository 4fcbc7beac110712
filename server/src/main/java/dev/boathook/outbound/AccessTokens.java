package dev.boathook.outbound;

import dev.boathook.address.Cidr;
import dev.boathook.world.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Access tokens by client credentials (RFC 6749, section 4.4), kept in memory until shortly before
 * they expire. They are asked for by the rules of deliveries: checked addresses, no redirect, a
 * deadline, a bounded answer. Whoever wants the same token at the same time shares one request.
 * Safe for many threads at once; made for virtual ones.
 */
public final class AccessTokens {
  /** For one request of a token, whoever waits for it. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** How long a token is used whose server does not say when it expires. */
  public static final Duration DEFAULT_LIFETIME = Duration.ofMinutes(5);

  /** The longest that a token is used, whatever its server says. */
  public static final Duration MAX_LIFETIME = Duration.ofDays(1);

  /** How long before its end a token is used no more, unless a tenth of its life is less. */
  public static final Duration MARGIN = Duration.ofSeconds(60);

  /**
   * A token younger than this is not given up for an endpoint that refuses it: an endpoint which
   * refuses every token must not make us ask at each attempt.
   */
  public static final Duration MIN_REFRESH = Duration.ofSeconds(10);

  /** The longest token, in characters. */
  public static final int MAX_TOKEN_CHARACTERS = 8 * 1024;

  /** Tokens kept; the one that was not used for longest goes first. */
  public static final int MAX_KEPT = 4_096;

  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");

  /** RFC 6749, section 5.2: the words that may be repeated. */
  private static final Set<String> ERRORS =
      Set.of(
          "invalid_request",
          "invalid_client",
          "invalid_grant",
          "unauthorized_client",
          "unsupported_grant_type",
          "invalid_scope");

  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final HttpHeader FORM =
      new HttpHeader("content-type", "application/x-www-form-urlencoded");
  private static final HttpHeader WANTS_JSON = new HttpHeader("accept", "application/json");

  private final HttpSender sender;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Client, Slot> slots =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Client, Slot> eldest) {
          return size() > MAX_KEPT;
        }
      };

  /** Tokens that are asked for through this sender. */
  public AccessTokens(HttpSender sender, Ticker ticker) {
    this.sender = sender;
    this.ticker = ticker;
  }

  /**
   * Who wants a token, and how it is had. Equal ones share a token.
   *
   * @param owner the endpoint
   * @param credentials what proves who asks
   * @param extraAllowed ranges that the operator opened for this endpoint alone
   * @param tls of the connection, if it is https; null for everybody's
   */
  public record Client(
      UUID owner,
      ClientCredentials credentials,
      List<Cidr> extraAllowed,
      @Nullable OutboundTls tls) {
    /** Keeps a copy. */
    public Client {
      extraAllowed = List.copyOf(extraAllowed);
    }
  }

  /** What came of the wish for a token. */
  public sealed interface Answer {
    /** A token. */
    record Token(String value) implements Answer {
      /** The header that bears it (RFC 6750, section 2.1). */
      public HttpHeader header() {
        return new HttpHeader("authorization", "Bearer " + value);
      }

      @Override
      public String toString() {
        return "Token[…]";
      }
    }

    /**
     * None.
     *
     * @param why in words for people that tell no secret
     */
    record None(String why) implements Answer {}
  }

  /** A token that is kept, in times of the ticker. */
  private record Kept(Answer.Token token, long askedNanos, long useUntilNanos) {
    boolean isGood(long nowNanos) {
      return nowNanos - useUntilNanos < 0;
    }
  }

  /** What there is for one client; used under the lock. */
  private static final class Slot {
    private @Nullable Kept kept;
    private @Nullable CompletableFuture<Answer> underway;

    boolean isSpent(long nowNanos) {
      return underway == null && (kept == null || !kept.isGood(nowNanos));
    }
  }

  /**
   * A token that has not expired.
   *
   * @param timeout how long to wait for it at most; {@link #TIMEOUT} bounds it too
   */
  public Answer get(Client client, Duration timeout) throws InterruptedException {
    CompletableFuture<Answer> underway;
    lock.lock();
    try {
      long now = ticker.nanoTime();
      Slot slot = slots.get(client);
      if (slot == null) {
        slots.values().removeIf(other -> other.isSpent(now));
        slot = new Slot();
        slots.put(client, slot);
      }
      Kept kept = slot.kept;
      if (kept != null && kept.isGood(now)) {
        return kept.token;
      }
      underway = slot.underway;
      if (underway == null) {
        underway = new CompletableFuture<>();
        slot.underway = underway;
        CompletableFuture<Answer> started = underway;
        Slot fetching = slot;
        // A thread of its own: whoever gives up waiting must not end it for the others.
        Thread.startVirtualThread(() -> fetch(client, fetching, started));
      }
    } finally {
      lock.unlock();
    }
    try {
      return underway.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new Answer.None("the token URL did not answer in time");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a bug stopped the request of a token", e.getCause());
    }
  }

  /**
   * A token in place of one that the endpoint refused. It is the same again if that one was fetched
   * only just now.
   */
  public Answer renew(Client client, Answer.Token refused, Duration timeout)
      throws InterruptedException {
    lock.lock();
    try {
      Slot slot = slots.get(client);
      Kept kept = slot == null ? null : slot.kept;
      if (slot != null
          && kept != null
          && kept.token.equals(refused)
          && ticker.nanoTime() - kept.askedNanos >= MIN_REFRESH.toNanos()) {
        slot.kept = null;
      }
    } finally {
      lock.unlock();
    }
    return get(client, timeout);
  }

  /** Keeps nothing of an endpoint that is deleted or changed. */
  public void forget(UUID owner) {
    lock.lock();
    try {
      slots.keySet().removeIf(client -> client.owner.equals(owner));
    } finally {
      lock.unlock();
    }
  }

  /** How many clients there is something of. */
  int kept() {
    lock.lock();
    try {
      return slots.size();
    } finally {
      lock.unlock();
    }
  }

  private void fetch(Client client, Slot slot, CompletableFuture<Answer> underway) {
    long askedNanos = ticker.nanoTime();
    try {
      AttemptResult result = sender.send(request(client));
      Answer answer =
          switch (result.outcome()) {
            case Outcome.Delivered _ -> read(slot, result, askedNanos);
            case Outcome.Refused(int status, _) -> refused(status, result);
            case Outcome.Gone _ -> refused(410, result);
            case Outcome.TimedOut _, Outcome.Unreachable _, Outcome.Blocked _, Outcome.Internal _ ->
                new Answer.None("the token URL: " + result.outcome().detail());
          };
      end(slot);
      underway.complete(answer);
    } catch (InterruptedException | RuntimeException | Error e) {
      end(slot);
      underway.completeExceptionally(e);
    }
  }

  private void end(Slot slot) {
    lock.lock();
    try {
      slot.underway = null;
    } finally {
      lock.unlock();
    }
  }

  private static OutboundRequest request(Client client) {
    ClientCredentials credentials = client.credentials;
    return new OutboundRequest(
        OutboundRequest.Method.POST,
        credentials.tokenUrl(),
        List.of(FORM, WANTS_JSON),
        credentials.body(),
        TIMEOUT,
        client.extraAllowed,
        credentials.headers(),
        client.tls);
  }

  /** Keeps the token of an answer, as RFC 6749, section 5.1 describes it. */
  private Answer read(Slot slot, AttemptResult result, long askedNanos) {
    JsonNode answer = json(result);
    JsonNode token = answer.path("access_token");
    if (result.truncated()
        || !token.isString()
        || token.stringValue().length() > MAX_TOKEN_CHARACTERS
        || !VISIBLE.matcher(token.stringValue()).matches()) {
      return new Answer.None("the token URL answered without a token that can be used");
    }
    if (!answer.path("token_type").asString("bearer").equalsIgnoreCase("bearer")) {
      return new Answer.None("the token URL answered with a token that is no bearer token");
    }
    long lifetimeSeconds =
        Math.clamp(
            answer.path("expires_in").asLong(DEFAULT_LIFETIME.toSeconds()),
            0,
            MAX_LIFETIME.toSeconds());
    long lifetimeNanos = TimeUnit.SECONDS.toNanos(lifetimeSeconds);
    long useNanos = lifetimeNanos - Math.min(MARGIN.toNanos(), lifetimeNanos / 10);
    Kept kept = new Kept(new Answer.Token(token.stringValue()), askedNanos, askedNanos + useNanos);
    lock.lock();
    try {
      slot.kept = kept;
    } finally {
      lock.unlock();
    }
    return kept.token;
  }

  private static Answer refused(int status, AttemptResult result) {
    String error = json(result).path("error").asString("");
    return new Answer.None(
        "the token URL answered HTTP "
            + status
            + (ERRORS.contains(error) ? " (" + error + ")" : ""));
  }

  private static JsonNode json(AttemptResult result) {
    try {
      return MAPPER.readTree(result.responseBody());
    } catch (JacksonException e) {
      return MAPPER.missingNode();
    }
  }
}
