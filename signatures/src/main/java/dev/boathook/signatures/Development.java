package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.bodyHash;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.joined;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.configurable;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SchemeChoice.ifHeader;
import static dev.boathook.signatures.SchemeChoice.otherwise;
import static dev.boathook.signatures.SignatureBuilder.inHeader;
import static dev.boathook.signatures.SignatureBuilder.inHeaderAfter;
import static dev.boathook.signatures.SignatureBuilder.inHeaderList;
import static dev.boathook.signatures.SignatureBuilder.inLabelledHeader;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Where software is made and run. */
final class Development {
  private static final String JSON = "application/json";
  private static final Hmac HMAC = new Hmac(SHA256, KeyForm.TEXT);

  private Development() {}

  static List<ProviderEntry> entries() {
    return List.of(
        provider("bitbucket", Development::bitbucket),
        provider("buildkite", Development::buildkite),
        provider("circleci", Development::circleci),
        provider("github", Development::github),
        configurable("gitlab", Development::gitlab),
        provider("jenkins", Development::jenkins),
        provider("linear", Development::linear),
        provider("pagerduty", Development::pagerduty),
        provider("sentry", Development::sentry));
  }

  /**
   * Bitbucket Cloud and Data Center. The header's name says nothing of SHA-256, its value does. The
   * id (Cloud: {@code X-Request-UUID}, Data Center: {@code X-Request-Id}) is the same on every
   * attempt and is not signed. Cloud tries up to three times, Data Center once. "Test connection"
   * of Data Center is not an event.
   *
   * <p>Source: support.atlassian.com/bitbucket-cloud/docs/manage-webhooks and event-payloads;
   * github jenkinsci/generic-webhook-trigger-plugin (a request of Bitbucket Server).
   */
  private static Definition bitbucket() {
    return Definition.named("bitbucket")
        .summary("HMAC-SHA256 over the body")
        .secret("the webhook's secret")
        .accepts(JSON)
        .signedBy(inHeaderAfter("sha256=", "X-Hub-Signature").over("{body}").with(HMAC, HEX))
        .greets(
            new HandshakeRule.Fixed(
                joined(header("X-Event-Key"), json("/test")),
                "diagnostics:ping:true",
                Answer.empty(200)))
        .id(firstOf(header("X-Request-UUID"), header("X-Request-Id")))
        .type(firstOf(header("X-Event-Key"), json("/eventKey")))
        .key(
            firstOf(
                json("/repository/uuid"),
                json("/repository/id"),
                json("/pullRequest/toRef/repository/id")))
        .time(json("/date"))
        .samples("repo:push", "pr:opened")
        .build();
  }

  /**
   * Buildkite. A notification service sends a signature or, as it is by default, the token itself;
   * a request with the header of the signature is checked by that alone. The signature covers its
   * time. There is no id of an event: events are told apart by their bodies, in which states and
   * times of a build stand. Whether and how often Buildkite repeats a request is not documented.
   *
   * <p>Source: github buildkite/docs, pages/apis/webhooks.
   */
  private static Definition buildkite() {
    return Definition.named("buildkite")
        .summary("HMAC-SHA256 over time and body, or a token in a header")
        .secret("the webhook's token")
        .accepts(JSON)
        .provenBy(
            SchemeChoice.of(
                ifHeader(
                    "X-Buildkite-Signature",
                    inLabelledHeader("timestamp", "X-Buildkite-Signature")
                        .over("{timestamp}.{body}")
                        .with("signature", HMAC, HEX)
                        .scheme()),
                otherwise(TokenScheme.required(new TokenPlace.InHeader("X-Buildkite-Token")))))
        .type(firstOf(json("/event"), header("X-Buildkite-Event")))
        .key(firstOf(json("/build/id"), json("/job/id"), json("/agent/id"), json("/pipeline/id")))
        .dedupedBy(bodyHash())
        .samples("build.finished", "job.finished")
        .build();
  }

  /**
   * CircleCI. The header is a list of versions, {@code v1=…,v2=…}; {@code v1} is the newest that is
   * documented and the only one that counts. Repeats what failed "at a later time", with the same
   * id.
   *
   * <p>Source: github circleci/circleci-docs, outbound-webhooks.adoc,
   * outbound-webhooks-reference.adoc.
   */
  private static Definition circleci() {
    return Definition.named("circleci")
        .summary("HMAC-SHA256 over the body")
        .secret("the webhook's secret token")
        .accepts(JSON)
        .signedBy(inHeaderList("v1=", "circleci-signature").over("{body}").with(HMAC, HEX))
        .id(json("/id"))
        .type(json("/type"))
        .key(firstOf(json("/pipeline/id"), json("/project/id")))
        .time(json("/happened_at"))
        .samples("workflow-completed", "job-completed")
        .build();
  }

  /**
   * GitHub. {@code X-Hub-Signature} (SHA-1) is for old receivers and does not count. The type is
   * the event and, where there is one, its action: {@code pull_request.opened}. The key is the
   * repository. Redelivery, by hand only, repeats the id for up to three days. The id is not
   * signed. Sends up to 25 MB, and never again by itself what was refused.
   *
   * <p>Source: github github/docs, validating-webhook-deliveries.md,
   * webhook-events-and-payloads.md.
   */
  private static Definition github() {
    return Definition.named("github")
        .summary("HMAC-SHA256 over the body")
        .secret("the webhook's secret")
        .accepts(JSON, "application/x-www-form-urlencoded")
        .bodiesUpTo(26)
        .signedBy(inHeaderAfter("sha256=", "X-Hub-Signature-256").over("{body}").with(HMAC, HEX))
        .jsonInFormField("payload")
        .id(header("X-GitHub-Delivery"))
        .type(header("X-GitHub-Event").refinedBy(json("/action")))
        .key(firstOf(json("/repository/id"), json("/organization/id"), json("/installation/id")))
        .samples("push", "pull_request.opened")
        .build();
  }

  /**
   * GitLab. Since 19.0 a webhook can have a signing token, and its requests are signed as Standard
   * Webhooks; the older secret token is sent along as it is. A signing token ({@code whsec_…})
   * among the secrets makes the signature a must, unless {@code legacy_token: allow} is set while
   * webhooks are moved over; even then a request with a signature is checked by that alone. The id
   * is the same on every attempt (since 17.4), and signed where there is a signature; without one
   * events are told apart by their bodies. GitLab repeats what failed on no published schedule, can
   * send it again by hand for two days, and disables a webhook after four failures.
   *
   * <p>Source: doc/user/project/integrations/webhooks.md of gitlab-org/gitlab; its merge request
   * 230944 for the signing token.
   */
  private static Definition gitlab(Settings settings) {
    boolean tokenBesides =
        settings.choice("legacy_token", Map.of("allow", true, "refuse", false), "refuse");
    Predicate<String> signing = secret -> secret.startsWith(StandardWebhooks.SECRET_PREFIX);
    return Definition.named("gitlab")
        .summary("HMAC-SHA256 over id, time and body, or a token in a header")
        .secret("the signing token whsec_…, or the secret token")
        .accepts(JSON)
        .bodiesUpTo(26)
        .provenBy(
            SchemeChoice.of(
                ifHeader(StandardWebhooks.SIGNATURE_HEADER, StandardWebhooks.SCHEME)
                    .forSecrets(signing),
                otherwise(TokenScheme.required(new TokenPlace.InHeader("X-Gitlab-Token")))
                    .forSecrets(tokenBesides ? _ -> true : signing.negate())))
        .id(firstOf(header(StandardWebhooks.ID_HEADER), header("Idempotency-Key")))
        .type(
            firstOf(json("/object_kind"), json("/event_name"), header("X-Gitlab-Event"))
                .refinedBy(json("/object_attributes/action")))
        .key(firstOf(json("/project/id"), json("/project_id"), json("/group_id")))
        .time(json("/object_attributes/updated_at"))
        .samples("push", "merge_request.open")
        .build();
  }

  /**
   * Jenkins as a sender: a job or plugin that calls us, with its token in any of the places in
   * which the Generic Webhook Trigger plugin takes one: the header {@code token}, {@code
   * Authorization: Bearer} or the query parameter {@code token}. What it sends is its own choice:
   * the id, type, key and time are read where the Notification and Outbound WebHook plugins and
   * most hand-made calls have them, and events without an id are told apart by their bodies.
   *
   * <p>Source: github jenkinsci/generic-webhook-trigger-plugin, README.md; jenkinsci
   * notification-plugin, README.md.
   */
  private static Definition jenkins() {
    return Definition.named("jenkins")
        .summary("a token in a header or in the URL")
        .secret("the token that the job sends")
        .provenBy(
            TokenScheme.required(
                new TokenPlace.InAny(
                    List.of(
                        new TokenPlace.InHeader("token"),
                        TokenPlace.BEARER,
                        new TokenPlace.InQuery("token")))))
        .type(firstOf(json("/build/phase"), json("/event"), json("/type")))
        .key(firstOf(json("/url"), json("/projectName"), json("/name")))
        .time(json("/build/timestamp"))
        .dedupedBy(bodyHash())
        .samples("FINALIZED")
        .build();
  }

  /**
   * Linear. The signed body holds the time of the attempt, which may be one minute off, as Linear's
   * own library has it. The id is in a header and is not signed. Three more attempts: after one
   * minute, one hour and six hours.
   *
   * <p>Source: github linear/linear, packages/sdk/src/webhooks/client.ts;
   * linear.app/developers/webhooks.
   */
  private static Definition linear() {
    return Definition.named("linear")
        .summary("HMAC-SHA256 over the body, with the time in it")
        .secret("the webhook's signing secret, lin_wh_…")
        .accepts(JSON)
        .provenBy(
            TimeInBody.of(
                inHeader("Linear-Signature").over("{body}").with(HMAC, HEX).scheme(),
                "/webhookTimestamp",
                TimeRule.Unit.MILLISECONDS,
                Duration.ofMinutes(1)))
        .id(header("Linear-Delivery"))
        .type(json("/type").refinedBy(json("/action")))
        .key(json("/data/id"))
        .time(json("/createdAt"))
        .samples("Issue.create", "Comment.create")
        .build();
  }

  /**
   * PagerDuty, webhooks v3. While a secret is rolled there are several {@code v1=} entries; other
   * versions do not count. The id is that of the event in the signed body; {@code X-Webhook-Id},
   * the same on every attempt too, is not signed. PagerDuty repeats for 48 hours what failed with a
   * time-out, 429 or 5xx, with the later ones of the same incident queued behind it, and drops what
   * was refused otherwise.
   *
   * <p>Source: github PagerDuty/developer-docs, docs/webhooks.
   */
  private static Definition pagerduty() {
    return Definition.named("pagerduty")
        .summary("HMAC-SHA256 over the body")
        .secret("the subscription's secret, shown once when it is made")
        .accepts(JSON)
        .signedBy(inHeaderList("v1=", "X-PagerDuty-Signature").over("{body}").with(HMAC, HEX))
        .id(firstOf(json("/event/id"), header("X-Webhook-Id")))
        .type(json("/event/event_type"))
        .key(firstOf(json("/event/data/incident/id"), json("/event/data/id")))
        .time(json("/event/occurred_at"))
        .samples("incident.triggered", "incident.annotated")
        .build();
  }

  /**
   * Sentry's integration platform. Requests of UI components have their signature in {@code
   * Sentry-App-Signature}, all others in {@code Sentry-Hook-Signature}. The id and the time in the
   * headers are not signed, so the time is not checked. Sentry waits one second for an answer and
   * never repeats.
   *
   * <p>Source: docs.sentry.io/organization/integrations/integration-platform/webhooks.
   */
  private static Definition sentry() {
    return Definition.named("sentry")
        .summary("HMAC-SHA256 over the body")
        .secret("the integration's client secret")
        .accepts(JSON)
        .signedBy(
            inHeader("Sentry-App-Signature", "Sentry-Hook-Signature")
                .over("{body}")
                .with(HMAC, HEX))
        .id(header("Request-ID"))
        .type(header("Sentry-Hook-Resource").refinedBy(json("/action")))
        .key(
            firstOf(
                json("/data/issue/id"),
                json("/data/event/issue_id"),
                json("/data/error/issue_id"),
                json("/data/issue_id"),
                json("/data/metric_alert/id"),
                json("/installation/uuid")))
        .time(header("Sentry-Hook-Timestamp"))
        .samples("issue.created", "event_alert.triggered")
        .build();
  }
}
