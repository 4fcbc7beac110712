package dev.boathook.api;

import dev.boathook.signatures.Headers;
import java.util.ArrayList;
import java.util.List;

/** A header line as it is shown. */
record HeaderView(String name, String value) {
  static List<HeaderView> of(Headers headers) {
    List<HeaderView> views = new ArrayList<>();
    for (Headers.Line line : headers) {
      views.add(new HeaderView(line.name(), line.value()));
    }
    return views;
  }
}
