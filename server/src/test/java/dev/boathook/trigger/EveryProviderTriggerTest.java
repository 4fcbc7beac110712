package dev.boathook.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.signatures.Provider;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.trigger.TestingProviders.Setup;
import dev.boathook.world.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every sample of every provider goes to a receiver that verifies with the same provider. */
class EveryProviderTriggerTest {
  private static final World WORLD = World.system();

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
  void a_sample_is_taken_and_a_forged_or_stale_one_is_not(Setup setup, String sample)
      throws Exception {
    Provider provider = setup.provider();
    try (VerifyingReceiver receiver =
            new VerifyingReceiver(provider, setup.verifying(), "", WORLD.clock());
        Trigger trigger = new Trigger(Duration.ofSeconds(10), WORLD)) {
      String url = receiver.url("/in/a");
      Impersonation genuine = impersonation(setup, sample, url, Manner.GENUINE);
      Plan once = new Plan(1, 0, false);

      assertThat(trigger.run(genuine, once, _ -> {}).isAsExpected())
          .as("taken; refused: %s", receiver.refused())
          .isTrue();
      SigningContext context = new SigningContext("msg_1", WORLD.clock().instant());
      WebhookRequest event = genuine.event(context);
      assertThat(provider.methods()).contains(event.method());
      if (provider.greeting(event).isPresent()) {
        return; // Such a test of the address proves nothing.
      }
      if (provider.signs() || !setup.signing().isEmpty()) {
        Impersonation forged = impersonation(setup, sample, url, Manner.FORGED);
        assertThat(trigger.run(forged, once, _ -> {}).isAsExpected()).as("forged").isTrue();
      }
      if (provider.timestamped()) {
        Impersonation stale = impersonation(setup, sample, url, Manner.STALE);
        assertThat(trigger.run(stale, once, _ -> {}).isAsExpected()).as("stale").isTrue();
      }
    }
  }

  private static Impersonation impersonation(
      Setup setup, String sample, String url, Manner manner) {
    return new Impersonation(
        setup.provider(), sample, setup.signing(), new Impersonation.Target(url, url), manner);
  }
}
