package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.BASE64;
import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Encoding.UPPER_HEX;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.inUtc;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Field.method;
import static dev.boathook.signatures.Field.xml;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.configurable;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SchemeChoice.ifHeader;
import static dev.boathook.signatures.SchemeChoice.ifMethod;
import static dev.boathook.signatures.SchemeChoice.otherwise;
import static dev.boathook.signatures.SignatureBuilder.inHeader;
import static dev.boathook.signatures.SignatureBuilder.inHeaderAfter;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Books, customers and stock. */
final class Business {

  /** An HMAC-SHA256 with a text as its key. */
  private static final Hmac HMAC = new Hmac(SHA256, KeyForm.TEXT);

  /** The most mebibytes of a hundred Salesforce records with long texts that we take. */
  private static final int SALESFORCE_MEBIBYTES = 16;

  private Business() {}

  static List<ProviderEntry> entries() {
    return List.of(
        configurable("abacus", Business::abacus),
        provider("afas", Business::afas),
        configurable("bexio", Business::bexio),
        provider("exact-online", Business::exactOnline),
        configurable("hubspot", Business::hubspot),
        provider("quickbooks", Business::quickbooks),
        configurable("sage", Business::sage),
        configurable("salesforce", Business::salesforce),
        configurable("sap-business-one", Business::sapBusinessOne),
        provider("xero", Business::xero));
  }

  /**
   * Abacus ERP. No webhooks of its own are documented: this is for what an Abacus process, report
   * or agent on site is made to call, with the proof that {@link ProofSettings} tell.
   *
   * <p>Source: none; downloads.abacus.ch and docs.maesn.com/integrations/abaconnect were looked
   * through for one.
   */
  private static Definition abacus(Settings settings) {
    return ProofSettings.addTo(
            Definition.named("abacus")
                .summary("a token, an HMAC or the address alone, as its settings say")
                .secret("the token or key that you gave the calling process"),
            settings,
            Field.nowhere())
        .samples("order.created")
        .build();
  }

  /**
   * AFAS Profit. The secret is the password of the webhook in the app connector. Tells that
   * something changed, not what. Waits for 2 seconds; how often it tries again is not published,
   * and it blocks a webhook that cannot be reached for long.
   *
   * <p>Source: github AFASSoftware/OASContent, markdownpages/profit/en/webhooks.md.
   */
  private static Definition afas() {
    return Definition.named("afas")
        .summary("HMAC-SHA256 over the body")
        .secret("the password of the webhook in the app connector")
        .accepts("application/json")
        .signedBy(inHeaderAfter("sha256=", "X-Profit-Signature-256").over("{body}").with(HMAC, HEX))
        .id(json("/EventId"))
        .type(json("/EventType"))
        .key(
            firstOf(
                json("/Data/SubjectId"), json("/Data/WorkflowName"), json("/Data/SubscriptionId")))
        .time(json("/Timestamp"))
        .samples("subject.created", "test.executed")
        .build();
  }

  /**
   * bexio. The platform's own page on webhooks was not to be found: the header, the encoding and
   * the member {@code event} are what third parties use, so the header can be set, and one for the
   * event's id. Without the latter, events are told apart by their bodies.
   *
   * <p>Source: none official; docs.bexio.com has no chapter on webhooks.
   */
  private static Definition bexio(Settings settings) {
    String idHeader = settings.headerName("id_header");
    return Definition.named("bexio")
        .summary("HMAC-SHA256 over the body, as third parties describe it")
        .secret("the webhook's secret")
        .signedBy(
            inHeader(settings.headerName("header", "X-Bexio-Signature"))
                .over("{body}")
                .with(HMAC, HEX))
        .id(idHeader == null ? Field.nowhere() : header(idHeader))
        .type(json("/event"))
        .samples("contact.created")
        .build();
  }

  /**
   * Exact Online. {@code HashCode} signs {@code Content} as it is written; the two are all that may
   * stand in the body, as with the most used client; it is hex in upper case, and a copy in lower
   * case would pass as news. An empty POST tests the address. There is no id: two equal contents
   * with {@code EventCreatedOn} are one event, those without it are never taken for duplicates. Its
   * zone is not documented, so without one it is no time. How often it tries again is not
   * published.
   *
   * <p>Source: github picqer/exact-php-client, Webhook/Authenticatable.php.
   */
  private static Definition exactOnline() {
    return Definition.named("exact-online")
        .summary("HMAC-SHA256 over Content, in HashCode beside it")
        .secret("the app's webhook secret, not its client secret")
        .accepts("application/json")
        .provenBy(new SignedMember("Content", "HashCode", HMAC, UPPER_HEX))
        .type(json("/Content/Topic").refinedBy(json("/Content/Action")))
        .key(json("/Content/Key"))
        .time(json("/Content/EventCreatedOn"))
        .dedupedOnlyBy(json("/Content/EventCreatedOn"), json("/HashCode"))
        .greets(new HandshakeRule.EmptyPost(Answer.empty(200)))
        .samples("Accounts.Update", "StockPositions.Update")
        .build();
  }

  /**
   * HubSpot. v3 (HMAC over method, URL, body and time) is sent beside an older signature and alone
   * counts where it stands; v2 (method, URL, body) and v1 (body) are a plain SHA-256 behind the
   * secret and sign no time; with those the body must be JSON or empty, so that nothing can be
   * appended to it. The setting {@code version} refuses all but one. {@code eventId} is documented
   * as not unique. Up to 100 events in a request; up to 10 retries in 24 hours, three days for
   * workflows.
   *
   * <p>Source: github HubSpot/hubspot-api-nodejs, src/utils/signature.ts;
   * developers.hubspot.com/docs, validating requests.
   */
  private static Definition hubspot(Settings settings) {
    Scheme v1 =
        new JsonOrNothing(
            inHeader("X-HubSpot-Signature").over("{body}").with(SecretPrefix.SHA256, HEX).scheme());
    Scheme v2 =
        new JsonOrNothing(
            inHeader("X-HubSpot-Signature")
                .over("{method}{url}{body}")
                .with(SecretPrefix.SHA256, HEX)
                .scheme());
    Scheme v3 =
        inHeader("X-HubSpot-Signature-v3")
            .timeInHeader(
                "X-HubSpot-Request-Timestamp",
                TimeRule.Unit.MILLISECONDS,
                SignatureScheme.FIVE_MINUTES)
            .over("{method}{unescaped_url}{body}{timestamp}")
            .with(HMAC, BASE64)
            .scheme();
    Scheme any =
        SchemeChoice.of(
            ifHeader("X-HubSpot-Signature-v3", v3),
            ifHeader("X-HubSpot-Signature-Version", "v2", v2),
            otherwise(v1));
    return Definition.named("hubspot")
        .summary("HMAC-SHA256 over method, URL, body and time (v3); older ones are SHA-256")
        .secret("the app's client secret")
        .methods("GET", "POST")
        .provenBy(
            settings.choice("version", Map.of("any", any, "v1", v1, "v2", v2, "v3", v3), "any"))
        .eachOf(JsonSplit.of(""))
        .id(firstOf(json("/0/eventId"), json("/eventId")))
        .type(firstOf(json("/0/subscriptionType"), json("/subscriptionType")))
        .key(firstOf(json("/0/objectId"), json("/objectId")))
        .time(firstOf(json("/0/occurredAt"), json("/occurredAt")))
        .dedupedBy(
            json("/0/eventId"),
            json("/0/portalId"),
            json("/0/subscriptionId"),
            json("/0/occurredAt"))
        .samples("contact.creation", "deal.propertyChange")
        .build();
  }

  /**
   * QuickBooks Online. The body is {@code eventNotifications}, a list by company of lists of
   * changes, or an array of CloudEvents, to which Intuit moves all apps. Changes in the older form
   * have no id. Tries again after 20, 30 and 50 minutes and then drops the message.
   *
   * <p>Source: github intuit/QuickBooks-V3-Java-SDK, WebhooksService.java; developer.intuit.com,
   * webhooks.
   */
  private static Definition quickbooks() {
    String company = "/eventNotifications/0";
    String entity = company + "/dataChangeEvent/entities/0";
    return Definition.named("quickbooks")
        .summary("HMAC-SHA256 over the body")
        .secret("the app's verifier token")
        .signedBy(inHeader("intuit-signature").over("{body}").with(HMAC, BASE64))
        .eachOf(
            Split.firstOf(
                JsonSplit.of("/eventNotifications", company + "/dataChangeEvent/entities"),
                JsonSplit.of("")))
        .id(json("/0/id"))
        .type(
            firstOf(json("/0/type"), json(entity + "/name").refinedBy(json(entity + "/operation"))))
        .key(firstOf(json("/0/intuitentityid"), json(entity + "/id")))
        .time(firstOf(json("/0/time"), json(entity + "/lastUpdated")))
        .dedupedBy(
            json(company + "/realmId"),
            json(entity + "/name"),
            json(entity + "/id"),
            json(entity + "/operation"),
            json(entity + "/lastUpdated"))
        .samples("Invoice.Create", "qbo.invoice.created.v1")
        .build();
  }

  /**
   * Sage. How Sage Intacct's triggers prove their requests was not to be found, and Sage Accounting
   * and Sage 50 document no webhooks: this is for what a trigger or agent is made to send, with the
   * proof that {@link ProofSettings} tell. Intacct sends an idempotency key whose header is not
   * published; {@code Idempotency-Key} is assumed. It tries up to four times, after 10, 30 and 90
   * seconds.
   *
   * <p>Source: developer.sage.com/intacct/docs/developer-portal/guides/webhooks.
   */
  private static Definition sage(Settings settings) {
    return ProofSettings.addTo(
            Definition.named("sage")
                .summary("a token, an HMAC or the address alone, as its settings say")
                .secret("the token or key that you gave the trigger"),
            settings,
            header("Idempotency-Key"))
        .samples("invoice.posted")
        .build();
  }

  /**
   * Salesforce Outbound Messages, in SOAP. Nothing is signed: a token may stand in the URL, and the
   * setting {@code organization_id} refuses other organizations. Up to 100 notifications in a
   * message, with one acknowledgement for all. The time is there only if the record's {@code
   * LastModifiedDate} or {@code SystemModstamp} was chosen to be sent. Retries for 24 hours, up to
   * seven days on request.
   *
   * <p>Source: developer.salesforce.com, SOAP API Developer Guide, Outbound Messaging.
   */
  private static Definition salesforce(Settings settings) {
    String message = "/Envelope/Body/notifications";
    String object = message + "/Notification/sObject";
    Scheme token = TokenScheme.optional(new TokenPlace.InQuery("token"));
    String organization = settings.text("organization_id");
    if (organization != null && !organization.matches("[0-9A-Za-z]{18}")) {
      throw settings.invalid("organization_id", "is not the id in 18 letters and digits");
    }
    return Definition.named("salesforce")
        .summary("nothing is signed: a token in the URL, and the organization's id in the body")
        .secret("a token of your own that stands in the endpoint URL as ?token=…; may be left out")
        .accepts("text/xml")
        .bodiesUpTo(SALESFORCE_MEBIBYTES)
        .provenBy(
            organization == null
                ? token
                : new Stating(
                    token, xml(message + "/OrganizationId"), organization, "OrganizationId"))
        .eachOf(new XmlSplit(message, "Notification"))
        .id(xml(message + "/Notification/Id"))
        .type(xml(object + "/@type"))
        .key(xml(object + "/Id"))
        .time(firstOf(xml(object + "/LastModifiedDate"), xml(object + "/SystemModstamp")))
        .dedupeWindow(Duration.ofDays(8))
        .answers(
            Answer.ok(
                "text/xml",
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
                  <soapenv:Body>
                    <notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound">
                      <Ack>true</Ack>
                    </notificationsResponse>
                  </soapenv:Body>
                </soapenv:Envelope>
                """))
        .samples("sf:Account", "sf:Opportunity")
        .build();
  }

  /**
   * SAP Business One, from 10.0 FP 2602 on. The subscription's AuthenticationType is the setting
   * {@code authentication}: an HMAC over the body or, in the handshake, over the token that is to
   * be sent back; or a user and password; or nothing. OAuth is not supported: its tokens cover no
   * body. Several events in an array, or one. Retries for a minute; what has failed can be replayed
   * by hand for 30 days.
   *
   * <p>Source: SAP, Working with SAP Business One Service Layer, chapter Webhooks.
   */
  private static Definition sapBusinessOne(Settings settings) {
    String signature = "X-B1-Webhook-Signature";
    String token = "X-B1-Webhook-Token";
    Scheme hmac =
        SchemeChoice.of(
            ifMethod("POST", inHeader(signature).over("{body}").with(HMAC, BASE64).scheme()),
            ifMethod(
                "GET",
                inHeader(signature)
                    .over("{header:" + token + "}{body}")
                    .with(HMAC, BASE64)
                    .scheme()));
    return Definition.named("sap-business-one")
        .summary("HMAC-SHA256 over the body, or basic authentication")
        .secret("the text in AuthenticationCred; user:password for basic")
        .methods("GET", "HEAD", "POST")
        .provenBy(
            settings.choice(
                "authentication",
                Map.of("hmac", hmac, "basic", TokenScheme.basic(), "none", NoScheme.INSTANCE),
                "hmac"))
        .greets(new HandshakeRule.Fixed(method(), "HEAD", Answer.empty(200)))
        .shakesHands(
            new HandshakeRule.Echo(
                method(), "GET", header(token), HandshakeRule.asJson("Challenge")))
        .eachOf(JsonSplit.of(""))
        .id(firstOf(json("/0/id"), json("/id")))
        .type(firstOf(json("/0/type"), json("/type")))
        .key(firstOf(json("/0/subject"), json("/subject")))
        .time(firstOf(json("/0/time"), json("/time")))
        .dedupeWindow(Duration.ofDays(30))
        .samples("sap.b1.Orders.Created.v1", "sap.b1.Items.Updated.v1")
        .build();
  }

  /**
   * Xero. The signing key looks like base64 and is taken as text. The test of the address ("intent
   * to receive") is an empty list of events, with right and wrong signatures in turn: answers and
   * refusals must have no body. Events have no id. Retries for 24 hours.
   *
   * <p>Source: developer.xero.com/documentation/guides/webhooks/overview; github
   * XeroAPI/Xero-NetStandard-Webhooks-Receiver.
   */
  private static Definition xero() {
    return Definition.named("xero")
        .summary("HMAC-SHA256 over the body")
        .secret("the app's webhook signing key")
        .accepts("application/json")
        .signedBy(inHeader("x-xero-signature").over("{body}").with(HMAC, BASE64))
        .eachOf(JsonSplit.of("/events"))
        .type(json("/events/0/eventCategory").refinedBy(json("/events/0/eventType")))
        .key(json("/events/0/resourceId"))
        .time(inUtc(json("/events/0/eventDateUtc")))
        .dedupedBy(
            json("/events/0/resourceId"),
            json("/events/0/tenantId"),
            json("/events/0/eventCategory"),
            json("/events/0/eventType"),
            json("/events/0/eventDateUtc"))
        .answers(Answer.empty(200))
        .refusesWithoutBody()
        .samples("INVOICE.CREATE", "CONTACT.UPDATE")
        .build();
  }
}
