package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.assertVerified;
import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.post;
import static dev.boathook.signatures.Requests.verify;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GitHubTest {
  private static final Provider GITHUB = Providers.named("github");
  private static final String SECRET = "It's a Secret to Everybody";
  private static final String SIGNATURE =
      "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

  private static Verdict verified(String... headers) {
    return verify(GITHUB, SECRET, 0, post("Hello, World!", headers));
  }

  /** From GitHub's page on validating deliveries. */
  @Test
  void the_official_vector_is_verified() {
    assertVerified(verified("X-Hub-Signature-256", "sha256=" + SIGNATURE));
  }

  @Test
  void a_mismatch_is_described_without_giving_anything_away() {
    assertRejected(
        verified("X-Hub-Signature-256", "sha256=" + SIGNATURE.replace('7', '8')),
        Reason.NO_MATCHING_SIGNATURE,
        "none of 1 signatures in X-Hub-Signature-256 was made with one of our 1 secrets"
            + " over this request, whose body has 13 bytes");
  }

  @Test
  void sha1_is_never_enough() {
    String sha1 = "sha1=" + "0".repeat(40);
    assertRejected(
        verified("X-Hub-Signature", sha1), Reason.MISSING_HEADER, "X-Hub-Signature-256 is missing");
    assertRejected(
        verified("X-Hub-Signature-256", sha1),
        Reason.NO_ACCEPTED_SIGNATURE,
        "X-Hub-Signature-256 does not begin with 'sha256='");
    assertRejected(verified("X-Hub-Signature-256", SIGNATURE), Reason.NO_ACCEPTED_SIGNATURE);
  }

  @Test
  void the_type_is_the_event_and_its_action() {
    Envelope envelope =
        envelope(
            Requests.read(
                GITHUB,
                post(
                    "{\"action\":\"opened\",\"repository\":{\"id\":1296269,\"name\":\"hello\"}}",
                    "Content-Type",
                    "application/json",
                    "X-GitHub-Event",
                    "pull_request",
                    "X-GitHub-Delivery",
                    "72d3162e-cc78-11e3-81ab-4c9367dc0958")));
    String id = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
    assertThat(envelope).isEqualTo(new Envelope(id, "pull_request.opened", "1296269", null, id));
  }

  @Test
  void the_json_may_stand_in_a_form() {
    Envelope envelope =
        envelope(
            Requests.read(
                GITHUB,
                post(
                    "payload=%7B%22repository%22%3A%7B%22id%22%3A+7%7D%7D",
                    "Content-Type",
                    "application/x-www-form-urlencoded; charset=utf-8",
                    "X-GitHub-Event",
                    "push",
                    "X-GitHub-Delivery",
                    "d1")));
    assertThat(envelope).isEqualTo(new Envelope("d1", "push", "7", null, "d1"));
  }
}
