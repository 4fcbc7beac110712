package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.post;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaceTest {
  private static final Provider STRIPE = Providers.named("stripe");
  private static final Headers FORM =
      Headers.of("Content-Type", "application/x-www-form-urlencoded");

  @ParameterizedTest
  @CsvSource({
    "header:X-Order, seven",
    "header:x-order, seven",
    "header:X-None,",
    "json:/data/order/id, o-1",
    "json:/data/order/sequence, 12",
    "json:/data/tags/1, b",
    "json:/data/order,",
    "json:/data/empty,",
    "query:shard, 3",
    "form:id,",
  })
  void what_stands_at_a_place_is_found(String place, String expected) {
    WebhookRequest request =
        new WebhookRequest(
            "POST",
            "/in/t?shard=3",
            Headers.of("X-Order", "seven"),
            """
            {"data":{"order":{"id":"o-1","sequence":12},"tags":["a","b"],"empty":""}}
            """
                .getBytes(UTF_8));

    assertThat(Place.parse(place).textIn(request, STRIPE)).isEqualTo(expected);
  }

  @Test
  void a_field_of_a_form_is_found() {
    WebhookRequest request =
        new WebhookRequest("POST", "/in/t", FORM, "a=1&id=o%2F1".getBytes(UTF_8));

    assertThat(Place.parse("form:id").textIn(request, STRIPE)).isEqualTo("o/1");
  }

  @Test
  void the_json_in_a_form_is_found_where_the_provider_has_it() {
    WebhookRequest request =
        new WebhookRequest(
            "POST", "/in/t", FORM, "payload=%7B%22user%22%3A%22U1%22%7D".getBytes(UTF_8));

    assertThat(Place.parse("json:/user").textIn(request, Providers.named("slack"))).isEqualTo("U1");
    assertThat(Place.parse("json:/user").textIn(request, STRIPE)).isNull();
  }

  @Test
  void a_long_id_is_known_by_its_hash_and_not_by_its_beginning() {
    Place place = Place.parse("json:/id");
    String common = "x".repeat(255);

    assertThat(place.identifierIn(post("{\"id\":\"" + common + "\"}"), STRIPE)).isEqualTo(common);
    assertThat(place.identifierIn(post("{\"id\":\"" + common + "a\"}"), STRIPE))
        .startsWith("sha256:")
        .isNotEqualTo(place.identifierIn(post("{\"id\":\"" + common + "b\"}"), STRIPE));
  }

  @Test
  void an_event_of_a_batch_is_read_from_its_own_body() {
    WebhookRequest request = post("[{\"id\":1},{\"id\":2}]");
    Envelope envelope = new Envelope(null, "unknown", null, null, null);
    Reading.Item item =
        new Reading.Item(envelope, "application/json", "[{\"id\":2}]".getBytes(UTF_8));

    assertThat(Place.parse("json:/0/id").textIn(request.alone(item), STRIPE)).isEqualTo("2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "none",
        "json:",
        "json:id",
        "header:",
        "header:a b",
        "header:a:b",
        "form:",
        "xml:/a",
        "/id"
      })
  void what_is_no_place_is_refused(String text) {
    assertThatThrownBy(() -> Place.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_place_has_a_limit() {
    Place.parse("json:/" + "x".repeat(Place.MAX_CHARACTERS - 6));
    assertThatThrownBy(() -> Place.parse("json:/" + "x".repeat(Place.MAX_CHARACTERS - 5)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
