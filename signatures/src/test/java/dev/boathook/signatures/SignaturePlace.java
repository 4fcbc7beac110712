package dev.boathook.signatures;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where in a request a signature or token stands, so that a test can change it. */
sealed interface SignaturePlace {

  /** Whether anything stands there. */
  boolean isIn(WebhookRequest request);

  /** What stands there. */
  String in(WebhookRequest request);

  /** The request with this instead. */
  WebhookRequest with(WebhookRequest request, String value);

  /** The request without it. */
  WebhookRequest without(WebhookRequest request);

  /** The request with it twice. */
  WebhookRequest doubled(WebhookRequest request);

  /** Reads {@code header:NAME}, {@code json:/pointer}, {@code query:NAME}; null for none. */
  static @Nullable SignaturePlace parse(String place) {
    if (place.equals("none")) {
      return null;
    }
    int colon = place.indexOf(':');
    String name = place.substring(colon + 1);
    return switch (place.substring(0, Math.max(colon, 0))) {
      case "header" -> new InHeader(name);
      case "json" -> new InJson(name);
      case "query" -> new InQuery(name);
      default -> throw new AssertionError("signature: " + place + " is no place");
    };
  }

  /** The first line of a header. */
  record InHeader(String name) implements SignaturePlace {
    @Override
    public boolean isIn(WebhookRequest request) {
      return request.headers().first(name) != null;
    }

    @Override
    public String in(WebhookRequest request) {
      return Objects.requireNonNull(request.headers().first(name), () -> "no header " + name);
    }

    @Override
    public WebhookRequest with(WebhookRequest request, String value) {
      List<Headers.Line> lines = new ArrayList<>();
      for (Headers.Line line : request.headers()) {
        lines.add(line.name().equalsIgnoreCase(name) ? new Headers.Line(line.name(), value) : line);
      }
      return with(request, lines);
    }

    @Override
    public WebhookRequest without(WebhookRequest request) {
      List<Headers.Line> lines = new ArrayList<>();
      for (Headers.Line line : request.headers()) {
        if (!line.name().equalsIgnoreCase(name)) {
          lines.add(line);
        }
      }
      return with(request, lines);
    }

    @Override
    public WebhookRequest doubled(WebhookRequest request) {
      return request.plus(Headers.of(name, in(request)));
    }

    private static WebhookRequest with(WebhookRequest request, List<Headers.Line> lines) {
      return new WebhookRequest(request.method(), request.url(), Headers.of(lines), request.body());
    }
  }

  /** A string in a JSON body. */
  record InJson(String pointer) implements SignaturePlace {
    @Override
    public boolean isIn(WebhookRequest request) {
      return JsonScanner.range(request.body(), pointer) != null;
    }

    @Override
    public String in(WebhookRequest request) {
      String value = JsonScanner.scan(request.body(), new JsonPointers(List.of(pointer)))[0];
      return Objects.requireNonNull(value, () -> "nothing at " + pointer);
    }

    @Override
    public WebhookRequest with(WebhookRequest request, String value) {
      return request.with(JsonSplice.string(request.body(), pointer, value));
    }

    @Override
    public WebhookRequest without(WebhookRequest request) {
      return spliced(request, "null");
    }

    @Override
    public WebhookRequest doubled(WebhookRequest request) {
      String value = JsonSplice.quoted(in(request));
      return spliced(request, "[" + value + "," + value + "]");
    }

    private WebhookRequest spliced(WebhookRequest request, String json) {
      byte[] body = request.body();
      JsonScanner.Range range = Objects.requireNonNull(JsonScanner.range(body, pointer));
      return request.with(
          JsonSplice.join(
              Arrays.copyOf(body, range.from()),
              json.getBytes(UTF_8),
              Arrays.copyOfRange(body, range.to(), body.length)));
    }
  }

  /** A parameter of the URL. */
  record InQuery(String name) implements SignaturePlace {
    @Override
    public boolean isIn(WebhookRequest request) {
      return Query.single(request.url(), name) != null;
    }

    @Override
    public String in(WebhookRequest request) {
      return Objects.requireNonNull(
          Query.single(request.url(), name), () -> "no parameter " + name);
    }

    @Override
    public WebhookRequest with(WebhookRequest request, String value) {
      return added(without(request), value);
    }

    @Override
    public WebhookRequest without(WebhookRequest request) {
      String url = request.url();
      String left =
          Stream.of(Query.of(url).split("&", -1))
              .filter(parameter -> !parameter.isEmpty() && !parameter.startsWith(name + "="))
              .collect(Collectors.joining("&"));
      String bare = url.substring(0, url.indexOf('?'));
      return to(request, left.isEmpty() ? bare : bare + "?" + left);
    }

    @Override
    public WebhookRequest doubled(WebhookRequest request) {
      return added(request, in(request));
    }

    private WebhookRequest added(WebhookRequest request, String value) {
      return to(request, Query.plus(request.url(), name, value));
    }

    private static WebhookRequest to(WebhookRequest request, String url) {
      return new WebhookRequest(request.method(), url, request.headers(), request.body());
    }
  }
}
