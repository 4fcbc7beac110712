package dev.boathook.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.config.FileReader;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.world.World;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sign} and {@code verify} where the proof is in the body or the URL, or is none. */
class SignedElsewhereTest {
  private static final String HEX_KEY =
      "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
  private static final String URL = "https://hooks.example.com/in/a";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @Test
  void a_signature_in_the_body_goes_to_a_file_with_it() throws IOException {
    Path unsigned = sample("adyen");
    Path signed = folder.resolve("signed");

    assertThat(run("sign", "adyen", "--secret", HEX_KEY, "--body=" + unsigned)).isEqualTo(2);
    assertThat(err()).startsWith("boathook: signing changes the body: --body-out FILE takes it\n");
    assertThat(
            run("sign", "adyen", "--secret", HEX_KEY, "--body=" + unsigned, "--body-out=" + signed))
        .isZero();
    assertThat(out()).isEmpty();

    assertThat(run("verify", "adyen", "--secret", HEX_KEY, "--body=" + signed)).as(out()).isZero();
    assertThat(run("verify", "adyen", "--secret", HEX_KEY, "--body=" + unsigned)).isEqualTo(1);
    assertThat(out()).startsWith("verified\nrejected: ");
  }

  @Test
  void a_token_in_the_url_goes_to_a_file_with_it() throws IOException {
    Path signed = folder.resolve("url");

    assertThat(run("sign", "tradingview", "--secret=s", "--url", URL)).isEqualTo(2);
    assertThat(err()).startsWith("boathook: signing changes the URL: --url-out FILE takes it\n");
    assertThat(run("sign", "tradingview", "--secret=s", "--url", URL, "--url-out=" + signed))
        .isZero();

    assertThat(run("verify", "tradingview", "--secret=s", "--url", Files.readString(signed)))
        .isZero();
    assertThat(out()).isEqualTo("accepted by its token, unsigned\n");
  }

  @Test
  void a_file_that_cannot_be_written_is_told() {
    assertThat(run("sign", "github", "--secret=s", "--body-out=" + folder)).isEqualTo(2);
    assertThat(err()).startsWith("boathook: --body-out: " + folder + " cannot be written");
  }

  @Test
  void what_needs_no_secret_is_accepted_and_never_called_verified() {
    assertThat(run("verify", "tradingview", "--url", URL)).isZero();
    assertThat(out()).isEqualTo("accepted, though nothing proves its sender\n");
  }

  @Test
  void the_token_that_matched_is_told() {
    assertThat(run("verify", "gitlab", "--secret=a", "--secret=b", "-H=X-Gitlab-Token: b"))
        .isZero();
    assertThat(out()).isEqualTo("accepted by its token, unsigned (secret 2)\n");
  }

  @Test
  void hints_about_tokens_are_about_tokens() {
    assertThat(run("verify", "gitlab", "--secret='b'", "-H=X-Gitlab-Token: b")).isEqualTo(1);
    assertThat(out())
        .endsWith("\nhint: it would verify without the quotes around the secret\n")
        .containsOnlyOnce("hint: ");
  }

  @Test
  void an_unsigned_request_cannot_be_forged() {
    assertThat(run("trigger", "tradingview", "--to=http://127.0.0.1:1/", "--forge")).isEqualTo(2);
    assertThat(err())
        .startsWith("boathook: nothing in this request of tradingview proves its sender");
  }

  private Path sample(String name) throws IOException {
    SigningContext context = new SigningContext("msg_1", Instant.EPOCH);
    String sample = Providers.named(name).samples().getFirst();
    return Files.write(
        folder.resolve("body"), Providers.named(name).sample(sample, URL, context).body());
  }

  private int run(String... arguments) {
    return new Cli(
            "1.2.3",
            new Terminal(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, false, UTF_8),
                new PrintStream(err, false, UTF_8)),
            Map.of(),
            FileReader.disk(),
            World.system(),
            _ -> 0,
            _ -> 0,
            (_, _, _, _) -> 0)
        .run(arguments);
  }

  private String out() {
    return out.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }

  private String err() {
    return err.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }
}
