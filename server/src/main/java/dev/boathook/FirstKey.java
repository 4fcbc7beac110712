package dev.boathook;

import dev.boathook.config.Settings;
import dev.boathook.key.ApiKeys;
import dev.boathook.key.Scope;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.route.Projects;
import dev.boathook.store.ConfigChanges;
import dev.boathook.world.World;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The key with which everything begins: the operator's own, or one that is made and shown once. */
final class FirstKey {
  private static final String FROM_SETTINGS = "from the settings";
  private static final String FIRST = "first";
  private static final Set<Scope> EVERYTHING = EnumSet.allOf(Scope.class);

  private FirstKey() {}

  /**
   * Adds the key of the settings, in place of an earlier one of theirs; or makes one when the first
   * project has none.
   *
   * @return the secret that was made, to be shown
   */
  static Optional<String> provide(
      Settings settings, World world, Directory directory, ConfigChanges changes, ApiKeys keys) {
    ProjectView project =
        directory.projects().stream()
            .filter(view -> view.name().equals(Projects.FIRST))
            .findFirst()
            .orElseThrow();
    if (settings.adminKey().isPresent()) {
      String secret = settings.adminKey().get();
      if (directory.key(secret).isEmpty()) {
        project.keys().values().stream()
            .filter(hashed -> hashed.key().name().equals(FROM_SETTINGS))
            .forEach(old -> keys.revoke(changes, project.projectId(), old.key().id()));
        keys.add(
            changes, project.projectId(), world.ids().next(), FROM_SETTINGS, secret, EVERYTHING);
      }
      return Optional.empty();
    }
    if (!project.keys().isEmpty()) {
      return Optional.empty();
    }
    String secret = keys.newSecret();
    keys.add(changes, project.projectId(), world.ids().next(), FIRST, secret, EVERYTHING);
    return Optional.of(secret);
  }
}
