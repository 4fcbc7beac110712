package dev.boathook;

import dev.boathook.receive.Ingress;
import dev.boathook.route.Directory;
import dev.boathook.source.Source;
import dev.boathook.source.Sources;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.NameTakenException;
import dev.boathook.world.World;
import java.time.Instant;
import java.util.Optional;

/** Gives a source that has no secret the one that its provider hands over. */
final class Enrolments implements Ingress.Enrolment {
  private final World world;
  private final Directory directory;
  private final ConfigChanges changes;
  private final Sources sources;

  Enrolments(World world, Directory directory, ConfigChanges changes, Sources sources) {
    this.world = world;
    this.directory = directory;
    this.changes = changes;
    this.sources = sources;
  }

  @Override
  public boolean keep(Source source, String secret) {
    // Of two who come at once only the first is believed, and the API changes nothing meanwhile.
    try {
      return changes.inTurn(directory, source.projectId(), () -> keepFirst(source, secret));
    } catch (NameTakenException e) {
      throw new IllegalStateException("a source that keeps its name has lost it", e);
    }
  }

  private boolean keepFirst(Source source, String secret) throws NameTakenException {
    Optional<Source> present = directory.sourceOfToken(source.token());
    if (present.isEmpty() || !present.get().secrets().isEmpty()) {
      return false;
    }
    Instant now = world.clock().instant();
    sources.save(
        changes,
        present
            .get()
            .with()
            .secrets(present.get().secrets().adding(secret, true, now))
            .updatedAt(now)
            .build());
    return true;
  }
}
