package dev.boathook;

import dev.boathook.config.Settings;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.Subscription;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.id.Tokens;
import dev.boathook.outbound.AddressRules;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.route.Projects;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.source.Source;
import dev.boathook.source.Sources;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.NameTakenException;
import dev.boathook.store.StoreException;
import dev.boathook.world.World;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sources and endpoints of the YAML file, or changes those of the same name. What the
 * file no longer names stays as it is.
 */
final class Declarations {
  private Declarations() {}

  static void apply(
      Settings settings,
      World world,
      Directory directory,
      ConfigChanges changes,
      Sources sources,
      Endpoints endpoints,
      AddressRules rules)
      throws StoreException {
    try {
      for (Settings.SourceSettings declared : settings.sources()) {
        apply(declared, world, first(directory), changes, sources);
      }
      for (Settings.EndpointSettings declared : settings.endpoints()) {
        apply(declared, world, first(directory), changes, endpoints, rules);
      }
    } catch (IllegalArgumentException | NameTakenException e) {
      throw new StoreException("configuration", String.valueOf(e.getMessage()), e);
    }
  }

  private static ProjectView first(Directory directory) {
    return directory.projects().stream()
        .filter(view -> view.name().equals(Projects.FIRST))
        .findFirst()
        .orElseThrow();
  }

  private static void apply(
      Settings.SourceSettings declared,
      World world,
      ProjectView project,
      ConfigChanges changes,
      Sources sources)
      throws NameTakenException, StoreException {
    Provider provider = Providers.named(declared.provider(), declared.settings());
    Optional<Source> existing =
        project.sources().values().stream()
            .filter(source -> source.name().equals(declared.name()))
            .findFirst();
    if (existing.isPresent()) {
      Source old = existing.get();
      if (!old.provider().name().equals(provider.name())) {
        throw new StoreException(
            "configuration",
            "source '"
                + declared.name()
                + "' is a "
                + old.provider().name()
                + " source and cannot become a "
                + provider.name()
                + " one; give the new one another name");
      }
      if (old.secrets().equals(declared.secrets()) && old.settings().equals(declared.settings())) {
        return;
      }
    }
    Instant now = world.clock().instant();
    sources.save(
        changes,
        new Source(
            project.projectId(),
            existing.map(Source::id).orElseGet(world.ids()::next),
            declared.name(),
            declared.settings(),
            existing.map(Source::token).orElseGet(() -> Tokens.next(world.random())),
            provider,
            provider.verifier(declared.secrets()),
            declared.secrets(),
            existing.map(Source::dedupeWindow).orElseGet(provider::dedupeWindow),
            existing.map(Source::maxBodyBytes).orElseGet(provider::maxBodyBytes),
            existing.map(Source::enabled).orElse(true),
            now,
            now));
  }

  private static void apply(
      Settings.EndpointSettings declared,
      World world,
      ProjectView project,
      ConfigChanges changes,
      Endpoints endpoints,
      AddressRules rules)
      throws NameTakenException, StoreException {
    Subscription subscription =
        new Subscription(
            null,
            sourceIds(declared, project),
            declared.types().stream().map(TypePattern::new).toList());
    TargetUrl url = TargetUrl.of(declared.url());
    Optional<String> refused = rules.whyRefused(url, List.of());
    if (refused.isPresent()) {
      throw new StoreException(
          "address_refused",
          "endpoint '" + declared.name() + "': " + refused.get() + "; --allow-net opens networks");
    }
    Optional<Endpoint> existing =
        project.endpoints().values().stream()
            .filter(endpoint -> endpoint.subscription().consumerId() == null)
            .filter(endpoint -> declared.name().equals(endpoint.name()))
            .findFirst();
    if (existing.isPresent()
        && existing.get().subscription().equals(subscription)
        && existing.get().url().equals(url)) {
      return;
    }
    Instant now = world.clock().instant();
    List<String> secrets =
        existing
            .map(Endpoint::secrets)
            .orElseGet(() -> List.of(Endpoint.newSecret(world.random())));
    endpoints.save(
        changes,
        new Endpoint(
            project.projectId(),
            existing.map(Endpoint::id).orElseGet(world.ids()::next),
            declared.name(),
            url,
            subscription,
            secrets,
            StandardWebhooks.signer(secrets),
            existing.map(Endpoint::schedule).orElse(RetrySchedule.DEFAULT),
            existing.map(Endpoint::timeout).orElse(Endpoint.DEFAULT_TIMEOUT),
            existing.map(Endpoint::maxInFlight).orElse(Endpoint.DEFAULT_MAX_IN_FLIGHT),
            existing.map(Endpoint::allowedNets).orElse(List.of()),
            existing.map(Endpoint::status).orElse(Endpoint.Status.ACTIVE),
            existing.map(Endpoint::statusReason).orElse(null),
            now,
            now));
  }

  private static @Nullable Set<UUID> sourceIds(
      Settings.EndpointSettings declared, ProjectView project) throws StoreException {
    if (declared.sources().isEmpty()) {
      return null;
    }
    Set<UUID> ids = new HashSet<>();
    for (String name : declared.sources()) {
      ids.add(
          project.sources().values().stream()
              .filter(source -> source.name().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  new StoreException(
                      "configuration",
                      "endpoint '"
                          + declared.name()
                          + "' wants source '"
                          + name
                          + "', which there is not"))
              .id());
    }
    return ids;
  }
}
