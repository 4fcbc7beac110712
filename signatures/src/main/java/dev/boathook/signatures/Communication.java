package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.form;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SignatureBuilder.inHeaderAfter;

import java.util.List;

/** Messages, calls and meetings. */
final class Communication {
  private Communication() {}

  static List<ProviderEntry> entries() {
    return List.of(provider("slack", Communication::slack));
  }

  /**
   * Slack: events, slash commands and interactivity. The secret is text that looks like hex. The
   * type is the inner event's type and subtype ({@code message.channel_join}), the command ({@code
   * /deploy}) or the interaction's type ({@code block_actions}). Retries within six minutes, with
   * "Delayed Events" for a day.
   *
   * <p>Source: docs.slack.dev/apis/events-api; github slackapi/java-slack-sdk, SlackSignature.java.
   */
  private static Definition slack() {
    return Definition.named("slack")
        .summary("HMAC-SHA256 over time and body: events, commands, interactivity")
        .secret("the app's signing secret")
        .accepts("application/json", "application/x-www-form-urlencoded")
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
        .build();
  }
}
