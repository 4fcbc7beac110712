package dev.boathook;

import dev.boathook.config.Settings;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.endpoint.Security;
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
import dev.boathook.source.SourceSecrets;
import dev.boathook.source.Sources;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.NameTakenException;
import dev.boathook.store.OvertakenException;
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
        inTurn(directory, changes, project -> apply(declared, world, project, changes, sources));
      }
      for (Settings.EndpointSettings declared : settings.endpoints()) {
        inTurn(
            directory,
            changes,
            project -> apply(declared, world, project, changes, endpoints, rules));
      }
      for (Settings.SourceSettings declared : settings.sources()) {
        inTurn(
            directory, changes, project -> applyReplyEndpoint(declared, project, changes, sources));
      }
    } catch (IllegalArgumentException | NameTakenException | OvertakenException e) {
      throw new StoreException("configuration", String.valueOf(e.getMessage()), e);
    }
  }

  /** One thing of the file: made, changed or left in the project as it is. */
  private interface Declaration {
    void apply(ProjectView project) throws NameTakenException, StoreException;
  }

  /** Applies it, and anew when another node that starts has changed something meanwhile. */
  private static void inTurn(Directory directory, ConfigChanges changes, Declaration declaration)
      throws NameTakenException, StoreException {
    changes.<ProjectView, NameTakenException, StoreException>inTurn(
        directory,
        first(directory).projectId(),
        () -> {
          ProjectView project = first(directory);
          declaration.apply(project);
          return project;
        });
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
    Instant now = world.clock().instant();
    Optional<Source> existing = source(project, declared.name());
    if (existing.isEmpty()) {
      Provider provider = Providers.named(declared.provider(), declared.settings());
      Source.Builder made =
          Source.builder(
                  project.projectId(),
                  world.ids().next(),
                  declared.name(),
                  Tokens.next(world.random()),
                  SourceSecrets.together(provider, declared.secrets(), now),
                  now)
              .provider(provider, declared.settings());
      sources.save(changes, declared(made, declared).build());
      return;
    }
    Source old = existing.get();
    if (!old.provider().name().equals(declared.provider())) {
      throw new StoreException(
          "configuration",
          "source '"
              + declared.name()
              + "' is a "
              + old.provider().name()
              + " source and cannot become a "
              + declared.provider()
              + " one; give the new one another name");
    }
    Provider provider =
        old.settings().equals(declared.settings())
            ? old.provider()
            : Providers.named(declared.provider(), declared.settings());
    Source source =
        declared(old.with(), declared)
            .secrets(old.secrets().declared(provider, declared.secrets(), now))
            .provider(provider, declared.settings())
            .build();
    if (!source.equals(old)) {
      sources.save(changes, source);
    }
  }

  /** What the file names of a source; what it does not name stays. */
  private static Source.Builder declared(Source.Builder source, Settings.SourceSettings declared) {
    declared.publicUrl().ifPresent(source::publicUrl);
    declared.allowedNets().ifPresent(source::allowedNets);
    declared.clientCertificates().ifPresent(source::clientCertificates);
    declared.replyFallback().ifPresent(source::replyFallback);
    declared.orderingKey().ifPresent(source::orderingKey);
    declared.sequence().ifPresent(source::sequence);
    return source;
  }

  /** The endpoints that sources ask for answers; only now are all endpoints there. */
  private static void applyReplyEndpoint(
      Settings.SourceSettings declared, ProjectView project, ConfigChanges changes, Sources sources)
      throws NameTakenException, StoreException {
    if (declared.replyEndpoint().isEmpty()) {
      return;
    }
    String name = declared.replyEndpoint().get();
    UUID endpointId =
        endpoint(project, name)
            .orElseThrow(() ->
                new StoreException(
                    "configuration",
                    "source '"
                        + declared.name()
                        + "' wants answers of endpoint '"
                        + name
                        + "', which there is not"))
            .id();
    Source source = source(project, declared.name()).orElseThrow();
    if (!endpointId.equals(source.replyEndpointId())) {
      sources.save(changes, source.with().replyEndpointId(endpointId).build());
    }
  }

  private static Optional<Source> source(ProjectView project, String name) {
    return project.sources().values().stream()
        .filter(source -> source.name().equals(name))
        .findFirst();
  }

  /** One of the project's own endpoints. */
  private static Optional<Endpoint> endpoint(ProjectView project, String name) {
    return project.endpoints().values().stream()
        .filter(endpoint -> endpoint.subscription().consumerId() == null)
        .filter(endpoint -> name.equals(endpoint.name()))
        .findFirst();
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
    Optional<Endpoint> existing = endpoint(project, declared.name());
    Endpoint before =
        existing.orElseGet(() -> {
          List<String> secrets =
              List.of(declared.secret().orElseGet(() -> Endpoint.newSecret(world.random())));
          Instant now = world.clock().instant();
          return new Endpoint(
              project.projectId(),
              world.ids().next(),
              declared.name(),
              url,
              subscription,
              secrets,
              StandardWebhooks.signer(secrets),
              Security.NONE,
              DeliveryPolicy.DEFAULT,
              Endpoint.DEFAULT_TIMEOUT,
              List.of(),
              Endpoint.Status.ACTIVE,
              null,
              null,
              now,
              now);
        });
    if (!before.security().mayMove(before.url(), url, false, false)) {
      throw new StoreException(
          "configuration",
          "endpoint '"
              + declared.name()
              + "': its headers and authentication were given for another host than that of the url"
              + " here; change the URL by the API, where they are given again");
    }
    // One that signs already was newest once, and was rotated since.
    Endpoint signing =
        declared
            .secret()
            .filter(secret -> !before.secrets().contains(secret))
            .map(before::signingFirstWith)
            .orElse(before);
    Endpoint wanted =
        new Endpoint(
            signing.projectId(),
            signing.id(),
            signing.name(),
            url,
            subscription,
            signing.secrets(),
            signing.signer(),
            signing.security(),
            declared.applyTo(signing.policy()),
            signing.timeout(),
            declared.allowedNets().orElse(signing.allowedNets()),
            signing.status(),
            signing.statusReason(),
            signing.resumeRate(),
            signing.createdAt(),
            signing.updatedAt());
    Optional<String> refused = rules.whyRefused(url, wanted.allowedNets());
    if (refused.isPresent()) {
      throw new StoreException(
          "address_refused",
          "endpoint '"
              + declared.name()
              + "': "
              + refused.get()
              + "; --allow-net, or its allowed_nets, open networks");
    }
    if (existing.isEmpty() || !wanted.equals(existing.get())) {
      endpoints.save(changes, wanted);
    }
  }

  private static @Nullable Set<UUID> sourceIds(
      Settings.EndpointSettings declared, ProjectView project) throws StoreException {
    if (declared.sources().isEmpty()) {
      return null;
    }
    Set<UUID> ids = new HashSet<>();
    for (String name : declared.sources()) {
      ids.add(
          source(project, name)
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
