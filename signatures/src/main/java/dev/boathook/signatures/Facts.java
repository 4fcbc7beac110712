package dev.boathook.signatures;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One request while it is read: its body is scanned at most once, when first asked for. */
final class Facts {
  private static final String FORM = "application/x-www-form-urlencoded";

  private final WebhookRequest request;
  private final JsonPointers pointers;
  private final @Nullable String jsonFormField;
  private final boolean isForm;
  private @Nullable String @Nullable [] json;

  /**
   * Nothing is read yet.
   *
   * @param pointers all pointers that will be asked for
   * @param jsonFormField the field that holds the JSON if the body is a form
   */
  Facts(WebhookRequest request, JsonPointers pointers, @Nullable String jsonFormField) {
    this.request = request;
    this.pointers = pointers;
    this.jsonFormField = jsonFormField;
    this.isForm = isForm(request);
  }

  @Nullable String header(String name) {
    return request.headers().first(name);
  }

  WebhookRequest request() {
    return request;
  }

  String method() {
    return request.method();
  }

  @Nullable String query(String name) {
    return Query.single(request.url(), name);
  }

  String bodyHash() {
    return EnvelopeRule.hash(sink -> sink.update(request.body()));
  }

  @Nullable String form(String name) {
    return isForm ? FormFields.text(request.body(), name) : null;
  }

  @Nullable String json(String pointer) {
    if (json == null) {
      json = scan();
    }
    return json[pointers.indexOf(pointer)];
  }

  /** The name of the first member of the document that is not this one; null if there is none. */
  @Nullable String memberBeside(String name) {
    for (String member : JsonScanner.memberNames(request.body())) {
      if (!member.equals(name)) {
        return member;
      }
    }
    return null;
  }

  private @Nullable String[] scan() {
    byte[] document = request.body();
    if (isForm) {
      document = jsonFormField == null ? null : FormFields.bytes(request.body(), jsonFormField);
    }
    return document == null
        ? new @Nullable String[pointers.size()]
        : JsonScanner.scan(document, pointers);
  }

  /** Whether the request says that its body is a form. */
  static boolean isForm(WebhookRequest request) {
    String contentType = request.headers().first("Content-Type");
    return contentType != null && contentType.strip().toLowerCase(Locale.ROOT).startsWith(FORM);
  }
}
