package dev.boathook.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.boathook.receive.TestingReception.Source;
import dev.boathook.receive.TestingReception.Stored;
import dev.boathook.signatures.Answer;
import dev.boathook.signatures.Envelope;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Reading;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.trigger.Impersonation;
import dev.boathook.trigger.Manner;
import dev.boathook.trigger.TestingProviders;
import dev.boathook.trigger.TestingProviders.Setup;
import dev.boathook.world.World;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every sample of every provider comes to the public listener of a whole server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryProviderReceptionTest {
  private static final World WORLD = World.system();

  private TestingReception reception;

  @BeforeAll
  void start() throws Exception {
    reception =
        TestingReception.start(call -> {
          throw new IOException("nothing is fetched here");
        });
  }

  @AfterAll
  void stop() {
    reception.close();
  }

  /** Fails for a provider that is forgotten. */
  static List<Arguments> samples() {
    List<Arguments> samples = new ArrayList<>();
    for (Setup setup : TestingProviders.all()) {
      setup.provider().samples().forEach(sample -> samples.add(Arguments.of(setup, sample)));
    }
    return samples;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("samples")
  void a_sample_is_stored_once_and_answered_as_its_provider_wants_and_a_forged_one_is_not(
      Setup setup, String sample) throws Exception {
    Provider provider = setup.provider();
    Source source = reception.source(provider.name(), setup.settings(), setup.verifying());
    WebhookRequest genuine = request(setup, sample, source, Manner.GENUINE);
    List<Envelope> envelopes = envelopes(setup, genuine);

    HttpResponse<String> first = reception.send(genuine);

    checkAnswer(provider.accepted(genuine), first);
    List<Stored> stored = reception.stored(source);
    assertThat(stored)
        .extracting(Stored::type, Stored::externalId, Stored::verified)
        .containsExactlyElementsOf(
            envelopes.stream()
                .map(envelope ->
                    tuple(envelope.type(), envelope.providerEventId(), provider.signs()))
                .toList());

    HttpResponse<String> second = reception.send(genuine);

    assertThat(second.statusCode()).isEqualTo(first.statusCode());
    if (envelopes.stream().allMatch(envelope -> envelope.dedupeKey() != null)) {
      assertThat(second.body()).isEqualTo(first.body());
      assertThat(reception.stored(source)).as("after the same again").isEqualTo(stored);
    }
    if (!envelopes.isEmpty() && (provider.signs() || !setup.signing().isEmpty())) {
      checkForged(setup, sample, source);
    }
  }

  private static WebhookRequest request(Setup setup, String sample, Source source, Manner manner) {
    String url = source.publicUrl();
    Impersonation provider =
        new Impersonation(
            setup.provider(), sample, setup.signing(), new Impersonation.Target(url, url), manner);
    SigningContext context =
        new SigningContext("msg_" + WORLD.ids().next(), WORLD.clock().instant());
    return provider.signed(provider.event(context), context);
  }

  /** What the provider's definition reads in it; none in a test of the address. */
  private static List<Envelope> envelopes(Setup setup, WebhookRequest request) {
    if (setup.provider().greeting(request).isPresent()) {
      return List.of();
    }
    String secret = setup.verifying().isEmpty() ? "" : setup.verifying().getFirst();
    return switch (setup.provider().read(request, secret)) {
      case Reading.Notification(Envelope envelope) -> List.of(envelope);
      case Reading.Batch(List<Reading.Item> items) ->
          items.stream().map(Reading.Item::envelope).toList();
      case Reading.Handshake _, Reading.Confirmation _, Reading.Enrolment _ -> List.of();
    };
  }

  private static void checkAnswer(Optional<Answer> wanted, HttpResponse<String> answer) {
    if (wanted.isEmpty()) {
      assertThat(answer.statusCode()).isEqualTo(200);
      return;
    }
    assertThat(answer.statusCode()).isEqualTo(wanted.get().status()).isBetween(200, 299);
    assertThat(answer.body()).isEqualTo(new String(wanted.get().body(), UTF_8));
    for (Headers.Line line : wanted.get().headers()) {
      assertThat(answer.headers().allValues(line.name())).containsExactly(line.value());
    }
  }

  private void checkForged(Setup setup, String sample, Source source) throws Exception {
    int before = reception.stored(source).size();

    HttpResponse<String> forged = reception.send(request(setup, sample, source, Manner.FORGED));

    assertThat(forged.statusCode()).isEqualTo(401);
    assertThat(forged.body())
        .isEqualTo(
            setup.provider().refusesWithoutBody()
                ? ""
                : "{\"type\":\"urn:boathook:problem:unauthorized\",\"title\":\"Unauthorized\",\"status\":401,\"code\":\"unauthorized\"}");
    assertThat(reception.stored(source)).hasSize(before);
  }
}
