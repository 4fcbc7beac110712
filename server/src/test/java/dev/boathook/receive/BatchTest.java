package dev.boathook.receive;

import static dev.boathook.receive.TestingReception.post;
import static dev.boathook.receive.TestingReception.signed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingServer;
import dev.boathook.receive.TestingReception.Source;
import dev.boathook.receive.TestingReception.Stored;
import dev.boathook.signatures.Answer;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.store.TestingDatabase;
import dev.boathook.trigger.TestingProviders;
import dev.boathook.trigger.TestingProviders.Setup;
import dev.boathook.world.World;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Requests that carry several events come to the public listener of a whole server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchTest {
  private static final String JSON = "application/json";

  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private TestingReception reception;

  @BeforeAll
  void start() throws Exception {
    reception =
        TestingReception.start(
            database,
            call -> {
              throw new IOException("nothing is fetched here");
            },
            World.system());
  }

  @AfterAll
  void stop() {
    reception.close();
  }

  /**
   * How a provider writes several events.
   *
   * @param frame the body, with {@code %s} for the events
   * @param types those of the events
   */
  record Shape(
      String provider,
      String contentType,
      String frame,
      String separator,
      List<String> events,
      List<String> types) {
    @Override
    public String toString() {
      return provider;
    }

    WebhookRequest request(Setup setup, Source source, List<String> some) {
      return provider.equals("adyen")
          ? request(source, some.stream().map(event -> signedAlone(setup, source, event)).toList())
          : signed(setup.provider(), setup.signing(), request(source, some));
    }

    private WebhookRequest request(Source source, List<String> some) {
      return post(
          source.publicUrl(), contentType, frame.replace("%s", String.join(separator, some)));
    }

    /** Adyen signs each event by itself, and its signer knows of one only. */
    private String signedAlone(Setup setup, Source source, String event) {
      WebhookRequest alone =
          signed(setup.provider(), setup.signing(), request(source, List.of(event)));
      int start = frame.indexOf("%s");
      int after = frame.length() - start - "%s".length();
      String body = new String(alone.body(), UTF_8);
      return body.substring(start, body.length() - after);
    }
  }

  static Stream<Shape> shapes() {
    return Stream.of(
        json(
            "sendgrid",
            "[%s]",
            List.of(
                "{\"event\":\"processed\",\"sg_event_id\":\"e1\",\"sg_message_id\":\"m1\"}",
                "{\"event\":\"delivered\",\"sg_event_id\":\"e2\",\"sg_message_id\":\"m1\"}",
                "{\"event\":\"open\",\"sg_event_id\":\"e3\",\"sg_message_id\":\"ü\"}"),
            List.of("processed", "delivered", "open")),
        json(
            "hubspot",
            "[%s]",
            List.of(
                "{\"eventId\":1,\"subscriptionType\":\"contact.creation\",\"objectId\":7}",
                "{\"eventId\":2,\"subscriptionType\":\"deal.creation\",\"objectId\":7}"),
            List.of("contact.creation", "deal.creation")),
        json(
            "microsoft-graph",
            "{\"value\":[%s]}",
            List.of(
                "{\"id\":\"g1\",\"clientState\":\"\",\"changeType\":\"created\",\"resource\":\"a\"}",
                "{\"id\":\"g2\",\"clientState\":\"\",\"changeType\":\"deleted\",\"resource\":\"b\"}"),
            List.of("created", "deleted")),
        json(
            "xero",
            "{\"events\":[%s],\"firstEventSequence\":1,\"lastEventSequence\":2,\"entropy\":\"S\"}",
            List.of(
                "{\"resourceId\":\"x1\",\"eventCategory\":\"CONTACT\",\"eventType\":\"UPDATE\"}",
                "{\"resourceId\":\"x2\",\"eventCategory\":\"INVOICE\",\"eventType\":\"CREATE\"}"),
            List.of("CONTACT.UPDATE", "INVOICE.CREATE")),
        json(
            "adyen",
            "{\"live\":\"false\",\"notificationItems\":[%s]}",
            List.of(adyen("REFUND", "8515131751004933"), adyen("CAPTURE", "8515131751004934")),
            List.of("REFUND", "CAPTURE")),
        json(
            "myparcel",
            "{\"data\":{\"hooks\":[%s]}}",
            List.of("{\"shipment_id\":1,\"status\":7}", "{\"shipment_id\":2,\"status\":3}"),
            List.of("unknown", "unknown")),
        json(
            "quickbooks",
            "{\"eventNotifications\":[%s]}",
            List.of(quickbooks("11", "Customer", "Create"), quickbooks("12", "Invoice", "Void")),
            List.of("Customer.Create", "Invoice.Void")),
        new Shape(
            "salesforce",
            "text/xml; charset=utf-8",
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>\
            <notifications xmlns="http://soap.sforce.com/2005/09/outbound">\
            <OrganizationId>00D5g000004abcDEAQ</OrganizationId>%s</notifications></soapenv:Body>\
            </soapenv:Envelope>\
            """,
            "",
            List.of(salesforce("04l5g00000AbCdEAAV"), salesforce("04l5g00000AbCdFAAV")),
            List.of("sf:Account", "sf:Account")));
  }

  private static Shape json(
      String provider, String frame, List<String> events, List<String> types) {
    return new Shape(provider, JSON, frame, ",", events, types);
  }

  private static String adyen(String code, String reference) {
    return """
    {"NotificationRequestItem":{"additionalData":{"hmacSignature":""},\
    "amount":{"currency":"EUR","value":4250},"eventCode":"%s","merchantAccountCode":"Zoe",\
    "merchantReference":"a","pspReference":"%s","success":"true"}}\
    """
        .formatted(code, reference);
  }

  private static String quickbooks(String company, String name, String operation) {
    return """
    {"realmId":"%s","dataChangeEvent":{"entities":[{"name":"%s","id":"1","operation":"%s",\
    "lastUpdated":"2015-10-05T14:42:19Z"}]}}\
    """
        .formatted(company, name, operation);
  }

  private static String salesforce(String id) {
    return """
    <Notification><Id>%s</Id><sObject xsi:type="sf:Account" \
    xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>0015g00000XyZaBAAV</sf:Id></sObject>\
    </Notification>\
    """
        .formatted(id);
  }

  private Source source(Setup setup) throws Exception {
    return reception.source(setup.provider().name(), setup.settings(), setup.verifying());
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void each_event_of_a_request_is_one_in_the_providers_shape(Shape shape) throws Exception {
    Setup setup = TestingProviders.named(shape.provider());
    Source source = source(setup);
    long accepted = reception.counted("accepted");
    long duplicates = reception.counted("duplicate");
    WebhookRequest request = shape.request(setup, source, shape.events());

    HttpResponse<String> answer = reception.send(request);

    List<Stored> stored = reception.stored(source);
    assertThat(stored).extracting(Stored::type).containsExactlyElementsOf(shape.types());
    assertThat(stored)
        .extracting(Stored::body)
        .as("what the provider would have sent for each alone")
        .containsExactlyElementsOf(
            shape.events().stream()
                .map(event -> shape.request(setup, source, List.of(event)).body())
                .map(body -> new String(body, UTF_8))
                .toList());
    assertThat(stored).extracting(Stored::contentType).containsOnly(shape.contentType());
    checkAnswer(setup.provider().accepted(request), stored, answer);
    assertThat(answer.headers().map()).doesNotContainKey("boathook-event-id");
    assertThat(reception.counted("accepted") - accepted).isEqualTo(stored.size());

    assertThat(reception.send(request).body()).isEqualTo(answer.body());
    assertThat(reception.stored(source)).isEqualTo(stored);
    assertThat(reception.counted("duplicate") - duplicates).isEqualTo(stored.size());
  }

  private static void checkAnswer(
      Optional<Answer> wanted, List<Stored> stored, HttpResponse<String> answer) {
    if (wanted.isPresent()) {
      assertThat(answer.statusCode()).isEqualTo(wanted.get().status());
      assertThat(answer.body()).isEqualTo(new String(wanted.get().body(), UTF_8));
    } else {
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(ids(answer)).isEqualTo(stored.stream().map(Stored::id).toList());
    }
  }

  private static List<String> ids(HttpResponse<String> answer) {
    return TestingServer.json(answer).get("ids").valueStream().map(JsonNode::stringValue).toList();
  }

  @Test
  void the_same_event_twice_in_a_request_is_one_and_its_duplicate() throws Exception {
    Setup setup = TestingProviders.named("sendgrid");
    Source source = source(setup);
    Shape shape = shapes().findFirst().orElseThrow();
    String one = shape.events().getFirst();
    String two = shape.events().getLast();
    long accepted = reception.counted("accepted");
    long duplicates = reception.counted("duplicate");

    HttpResponse<String> answer =
        reception.send(shape.request(setup, source, List.of(one, two, one)));

    List<Stored> stored = reception.stored(source);
    assertThat(stored).hasSize(2);
    String first = stored.getFirst().id();
    assertThat(ids(answer)).containsExactly(first, stored.getLast().id(), first);
    assertThat(reception.counted("accepted") - accepted).isEqualTo(2);
    assertThat(reception.counted("duplicate") - duplicates).isEqualTo(1);
  }

  @Test
  void a_store_that_cannot_take_one_of_the_events_takes_none() throws Exception {
    Setup setup = TestingProviders.named("sendgrid");
    Source source = source(setup);
    Shape shape = shapes().findFirst().orElseThrow();
    String full = "{\"event\":\"open\",\"sg_event_id\":\"no-room-for-this\"}";
    List<String> events = List.of(shape.events().getFirst(), full, shape.events().getLast());
    WebhookRequest request = shape.request(setup, source, events);
    onDatabase(
        """
        CREATE FUNCTION boathook.refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON boathook.event FOR EACH ROW
          WHEN (NEW.external_id = 'no-room-for-this') EXECUTE FUNCTION boathook.refuse()
        """);
    try {
      HttpResponse<String> answer = reception.send(request);

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
      assertThat(reception.stored(source)).isEmpty();
    } finally {
      onDatabase("DROP TRIGGER refuse ON boathook.event");
    }

    HttpResponse<String> again = reception.send(request);

    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(reception.stored(source)).hasSize(3);
  }

  private void onDatabase(String sql) throws Exception {
    try (Connection connection = database.connectAsAdministrator();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
