package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.BASE64;
import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.bodyHash;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.form;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.joined;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Field.memberBeside;
import static dev.boathook.signatures.Hmac.Hash.SHA1;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SignatureBuilder.inHeader;
import static dev.boathook.signatures.SignatureBuilder.inHeaderAfter;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages, calls and meetings. */
final class Communication {
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded";

  private Communication() {}

  static List<ProviderEntry> entries() {
    return List.of(
        provider("discord", Communication::discord),
        provider("sendgrid", Communication::sendgrid),
        provider("slack", Communication::slack),
        provider("teams", Communication::teams),
        provider("telegram", Communication::telegram),
        provider("twilio", Communication::twilio),
        provider("zoom", Communication::zoom));
  }

  /** An interaction's type, or an event's outer and inner type: {@code 2:} and {@code 1:QUEST…}. */
  private static final Field DISCORD_KIND = joined(json("/type"), json("/event/type"));

  private static final Answer DISCORD_STORED = Answer.empty(204).with("Content-Type", JSON);

  /**
   * Discord: interactions and webhook events. The URL is kept only while requests with wrong
   * signatures, which Discord sends on purpose, are refused with 401. An interaction waits three
   * seconds for its response; without one it is told that a response follows, which leaves a
   * quarter of an hour to send it. The type is the interaction's in the words of the documentation
   * and its command or custom id ({@code APPLICATION_COMMAND.deploy}), or the event's. Interactions
   * come once; events are repeated for up to ten minutes and have no id.
   *
   * <p>Assumed, as nothing is documented: that the time may be five minutes off.
   *
   * <p>Source: github discord/discord-api-docs, interactions/receiving-and-responding.mdx,
   * interactions/overview.mdx, events/webhook-events.mdx.
   */
  private static Definition discord() {
    return Definition.named("discord")
        .summary("Ed25519 over time and body: interactions and webhook events")
        .secret("the application's public key, in hex")
        .accepts(JSON)
        .signedBy(
            inHeader("X-Signature-Ed25519")
                .timeInHeader("X-Signature-Timestamp")
                .over("{timestamp}{body}")
                .with(Ed25519.HEX, HEX))
        .id(json("/id"))
        .type(
            firstOf(
                json("/event/type"),
                json("/type")
                    .worded(
                        Map.of(
                            "2", "APPLICATION_COMMAND",
                            "3", "MESSAGE_COMPONENT",
                            "4", "APPLICATION_COMMAND_AUTOCOMPLETE",
                            "5", "MODAL_SUBMIT"))
                    .refinedBy(firstOf(json("/data/name"), json("/data/custom_id")))))
        .key(
            firstOf(
                json("/channel_id"),
                json("/guild_id"),
                json("/event/data/id"),
                json("/event/data/user/id"),
                json("/event/data/user_id")))
        .time(json("/event/timestamp"))
        .dedupedBy(firstOf(json("/id"), bodyHash()))
        .shakesHands(new HandshakeRule.Fixed(DISCORD_KIND, "1:", Answer.ok(JSON, "{\"type\":1}")))
        .shakesHands(new HandshakeRule.Fixed(DISCORD_KIND, "0:", DISCORD_STORED))
        .answers(request -> {
          Answer response = provisionalResponse(request);
          return response == null ? DISCORD_STORED : response;
        })
        .waitsForReply(Duration.ofSeconds(3), request -> provisionalResponse(request) != null)
        .samples("APPLICATION_COMMAND.deploy", "APPLICATION_AUTHORIZED")
        .build();
  }

  /** What is said to an interaction when nobody has a response; null to an event. */
  private static @Nullable Answer provisionalResponse(WebhookRequest request) {
    return switch (String.valueOf(DISCORD_KIND.in(request))) {
      case "2:" -> Answer.ok(JSON, "{\"type\":5}"); // The response follows.
      case "3:", "5:" -> Answer.ok(JSON, "{\"type\":6}"); // It follows, and nobody sees a wait.
      case "4:" -> Answer.ok(JSON, "{\"type\":8,\"data\":{\"choices\":[]}}");
      default -> null;
    };
  }

  /**
   * Twilio SendGrid's Event Webhook, with its signature switched on. A request carries many events,
   * each with an id of its own; the same event may come again within a day. Whether a retry is
   * signed anew is not documented, so the time may be 25 hours off: a replay within that time is
   * known by its events' ids.
   *
   * <p>Source: github sendgrid/sendgrid-java, helpers/eventwebhook/EventWebhook.java;
   * docs.sendgrid.com, Event Webhook.
   */
  private static Definition sendgrid() {
    return Definition.named("sendgrid")
        .summary("ECDSA over time and body, many events in one request")
        .secret("the verification key of the Signed Event Webhook")
        .accepts(JSON)
        .signedBy(
            inHeader("X-Twilio-Email-Event-Webhook-Signature")
                .timeInHeader(
                    "X-Twilio-Email-Event-Webhook-Timestamp",
                    TimeRule.Unit.SECONDS,
                    Duration.ofHours(25))
                .over("{timestamp}{body}")
                .with(PublicKeyAlgorithm.ECDSA_P256_SHA256, BASE64))
        .eachOf(JsonSplit.of(""))
        .id(json("/0/sg_event_id"))
        .type(json("/0/event"))
        .key(firstOf(json("/0/sg_message_id"), json("/0/smtp-id"), json("/0/email")))
        .time(json("/0/timestamp"))
        .samples("delivered", "bounce")
        .build();
  }

  /**
   * Slack: events, slash commands and interactivity. The secret is text that looks like hex. The
   * type is the inner event's type and subtype ({@code message.channel_join}), the command ({@code
   * /deploy}) or the interaction's type ({@code block_actions}). Commands and interactivity come as
   * forms, once, and wait three seconds for what a person is to see; an answer without a body shows
   * nothing. Events are repeated within six minutes, with "Delayed Events" for a day.
   *
   * <p>Source: docs.slack.dev/apis/events-api; github slackapi/java-slack-sdk, SlackSignature.java.
   */
  private static Definition slack() {
    return Definition.named("slack")
        .summary("HMAC-SHA256 over time and body: events, commands, interactivity")
        .secret("the app's signing secret")
        .accepts(JSON, FORM)
        .signedBy(
            inHeaderAfter("v0=", "X-Slack-Signature")
                .timeInHeader("X-Slack-Request-Timestamp")
                .over("v0:{timestamp}:{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), HEX))
        .jsonInFormField("payload")
        .id(firstOf(json("/event_id"), json("/trigger_id"), form("trigger_id")))
        .type(
            firstOf(
                json("/event/type").refinedBy(json("/event/subtype")),
                json("/type"),
                form("command")))
        .key(
            firstOf(
                json("/event/channel"),
                json("/event/channel/id"),
                json("/event/item/channel"),
                json("/channel/id"),
                form("channel_id"),
                json("/team_id"),
                json("/team/id")))
        .time(json("/event_time"))
        .shakesHands(
            new HandshakeRule.Echo(
                json("/type"), "url_verification", json("/challenge"), HandshakeRule::asText))
        .shakesHands(new HandshakeRule.Fixed(form("ssl_check"), "1", Answer.empty(200)))
        .answers(request -> Facts.isForm(request) ? Answer.empty(200) : null)
        .waitsForReply(Duration.ofSeconds(3), Facts::isForm)
        .samples("message", "command", "block_actions")
        .build();
  }

  /**
   * Microsoft Teams, outgoing webhooks: somebody names the webhook in a channel, and the answer,
   * within five seconds, is posted there as a reply. So there is always one. The security token is
   * base64 of the key. Nothing tells that a call is repeated. An activity's id is unique within its
   * conversation only.
   *
   * <p>Source: github MicrosoftDocs/msteams-docs, how-to/add-outgoing-webhook.md.
   */
  private static Definition teams() {
    return Definition.named("teams")
        .summary("HMAC-SHA256 over the body; waits for a reply")
        .secret("the security token shown when the outgoing webhook was made")
        .accepts(JSON)
        .signedBy(
            inHeaderAfter("HMAC ", "Authorization")
                .over("{body}")
                .with(new Hmac(SHA256, KeyForm.BASE64), BASE64))
        .id(json("/id"))
        .type(json("/type"))
        .key(json("/conversation/id"))
        .time(json("/timestamp"))
        .dedupedBy(json("/id"), json("/conversation/id"))
        .answers(Answer.ok(JSON, "{\"type\":\"message\",\"text\":\"Received.\"}"))
        .waitsForReply(Duration.ofSeconds(5), _ -> true)
        .samples("message")
        .build();
  }

  /**
   * Telegram bots. Nothing is signed: the token that was given to {@code setWebhook} proves the
   * sender. The type is the name of the update's one member beside {@code update_id}. What fails is
   * repeated for a day, in order for each chat. The body of an answer would be taken for a call of
   * the Bot API, so there is none.
   *
   * <p>Source: core.telegram.org/bots/api#setwebhook; github tdlib/telegram-bot-api,
   * WebhookActor.cpp.
   */
  private static Definition telegram() {
    return Definition.named("telegram")
        .summary("a secret token in a header; nothing is signed")
        .secret("the secret_token given to setWebhook")
        .accepts(JSON)
        .provenBy(TokenScheme.required(new TokenPlace.InHeader("X-Telegram-Bot-Api-Secret-Token")))
        .id(json("/update_id"))
        .type(memberBeside("update_id"))
        .key(
            firstOf(
                json("/message/chat/id"),
                json("/edited_message/chat/id"),
                json("/channel_post/chat/id"),
                json("/edited_channel_post/chat/id"),
                json("/business_message/chat/id"),
                json("/edited_business_message/chat/id"),
                json("/deleted_business_messages/chat/id"),
                json("/message_reaction/chat/id"),
                json("/message_reaction_count/chat/id"),
                json("/callback_query/message/chat/id"),
                json("/my_chat_member/chat/id"),
                json("/chat_member/chat/id"),
                json("/chat_join_request/chat/id"),
                json("/callback_query/from/id"),
                json("/inline_query/from/id"),
                json("/chosen_inline_result/from/id"),
                json("/shipping_query/from/id"),
                json("/pre_checkout_query/from/id"),
                json("/poll/id"),
                json("/poll_answer/poll_id")))
        .time(
            firstOf(
                json("/message/date"),
                json("/edited_message/edit_date"),
                json("/channel_post/date"),
                json("/edited_channel_post/edit_date"),
                json("/business_message/date"),
                json("/edited_business_message/edit_date"),
                json("/message_reaction/date"),
                json("/message_reaction_count/date"),
                json("/my_chat_member/date"),
                json("/chat_member/date"),
                json("/chat_join_request/date")))
        .answers(Answer.empty(200))
        .samples("message", "callback_query")
        .build();
  }

  /**
   * Twilio. Signed are the public URL as it is configured at Twilio and the fields of the form,
   * sorted; a JSON body is covered by {@code bodySHA256} in the URL. Of the libraries' odd cases
   * the port that Twilio leaves out or adds is known, a query that was encoded anew is not. Nothing
   * stands between the URL, the names and the values that are signed, so some other request with
   * the same text has the same signature; and no time is signed. Calls and incoming messages wait
   * up to 15 seconds for TwiML; an empty response does nothing. The id, which tells retries apart
   * from news, is in a header and not signed. Event Streams come as JSON arrays of CloudEvents.
   *
   * <p>Source: github twilio/twilio-java, security/RequestValidator.java;
   * twilio.com/docs/usage/webhooks; twilio.com/docs/events/webhook-quickstart.
   */
  private static Definition twilio() {
    return Definition.named("twilio")
        .summary("HMAC-SHA1 over the URL and the form, or the hash of the body; waits for TwiML")
        .secret("the account's auth token")
        .methods("POST", "GET")
        .accepts(FORM, JSON)
        .provenBy(
            new FormOrBodyHash(
                inHeader("X-Twilio-Signature")
                    .overUrlAndFields()
                    .with(new Hmac(SHA1, KeyForm.TEXT), BASE64)
                    .scheme(),
                "bodySHA256"))
        .eachOf(JsonSplit.of(""))
        .id(firstOf(json("/0/id"), json("/id"), header("I-Twilio-Idempotency-Token")))
        .type(
            firstOf(
                json("/0/type"),
                json("/type"),
                form("EventType"),
                form("MessageStatus"),
                form("SmsStatus"),
                form("CallStatus"),
                form("RecordingStatus"),
                form("StatusCallbackEvent")))
        .key(
            firstOf(
                json("/0/data/messageSid"),
                json("/0/data/callSid"),
                json("/0/subject"),
                json("/subject"),
                form("MessageSid"),
                form("SmsSid"),
                form("CallSid"),
                form("ConversationSid"),
                form("RoomSid")))
        .time(firstOf(json("/0/time"), json("/time")))
        .answers(Communication::emptyTwiml)
        .waitsForReply(Duration.ofSeconds(15), request -> emptyTwiml(request) != null)
        .samples("received", "delivered", "ringing", "event-stream")
        .build();
  }

  private static @Nullable Answer emptyTwiml(WebhookRequest request) {
    return Facts.isForm(request) || request.method().equals("GET")
        ? Answer.ok("text/xml", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response></Response>")
        : null;
  }

  /**
   * Zoom. Saving the address sends a signed {@code endpoint.url_validation}, answered with the HMAC
   * of its token. Retries after 5, 25 and 85 minutes; whether they are signed anew is not
   * documented, so the time may be two hours off. An exact replay within that time is a duplicate:
   * events have no id, but their body holds a time in milliseconds.
   *
   * <p>Source: developers.zoom.us/docs/api/webhooks; github zoom/webhook-sample, index.js.
   */
  private static Definition zoom() {
    return Definition.named("zoom")
        .summary("HMAC-SHA256 over time and body")
        .secret("the app's secret token")
        .accepts(JSON)
        .signedBy(
            inHeaderAfter("v0=", "x-zm-signature")
                .timeInHeader("x-zm-request-timestamp", TimeRule.Unit.SECONDS, Duration.ofHours(2))
                .over("v0:{timestamp}:{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), HEX))
        .type(json("/event"))
        .key(
            firstOf(
                json("/payload/object/id"),
                json("/payload/object/uuid"),
                json("/payload/account_id")))
        .time(json("/event_ts"))
        .dedupedBy(bodyHash())
        .shakesHands(
            new HandshakeRule.SignedEcho(
                json("/event"),
                "endpoint.url_validation",
                json("/payload/plainToken"),
                new Hmac(SHA256, KeyForm.TEXT),
                HEX,
                (token, hmac) ->
                    "{\"plainToken\":"
                        + JsonSplice.quoted(token)
                        + ",\"encryptedToken\":\""
                        + hmac
                        + "\"}"))
        .samples("meeting.started", "meeting.participant_joined")
        .build();
  }
}
