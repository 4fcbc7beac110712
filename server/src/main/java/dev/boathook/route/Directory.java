package dev.boathook.route;

import dev.boathook.consumer.Consumer;
import dev.boathook.consumer.Consumers;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.key.ApiKey;
import dev.boathook.key.ApiKeys;
import dev.boathook.key.Hash;
import dev.boathook.source.Source;
import dev.boathook.source.Sources;
import dev.boathook.store.Changed;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Sql;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * All that is configured, in memory: one immutable view a project, replaced as a whole when the
 * project's configuration changes. Reading it costs no query and no lock.
 */
public final class Directory implements ConfigChanges.AfterCommit, ConfigChanges.View {
  private static final String PROJECTS = Sql.of(Directory.class, "projects");

  private final Jdbi jdbi;
  private final Sources sources;
  private final Consumers consumers;
  private final Endpoints endpoints;
  private final ApiKeys keys;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock refreshing = new ReentrantLock();
  private volatile Snapshot snapshot = new Snapshot(Map.of(), Map.of(), Map.of());

  /** A directory of this database, empty until {@link #refreshAll}. */
  public Directory(
      Jdbi jdbi, Sources sources, Consumers consumers, Endpoints endpoints, ApiKeys keys) {
    this.jdbi = jdbi;
    this.sources = sources;
    this.consumers = consumers;
    this.endpoints = endpoints;
    this.keys = keys;
  }

  /** Tells a listener of every later change of an endpoint. */
  public void addListener(Listener listener) {
    listeners.add(listener);
  }

  /** The project as it is configured now. */
  public Optional<ProjectView> project(UUID projectId) {
    return Optional.ofNullable(snapshot.projects.get(projectId));
  }

  @Override
  public long version(UUID projectId) {
    return project(projectId).map(ProjectView::version).orElse(0L);
  }

  /** Every project. */
  public List<ProjectView> projects() {
    return List.copyOf(snapshot.projects.values());
  }

  /** The source whose URL ends in this token; a disabled one is as good as none. */
  public Optional<Source> sourceOfToken(String token) {
    return Optional.ofNullable(snapshot.sourcesByToken.get(Hash.of(token)));
  }

  /** The key with this secret, unless it was revoked. */
  public Optional<ApiKey> key(String secret) {
    return Optional.ofNullable(snapshot.keysBySecret.get(Hash.of(secret)));
  }

  @Override
  public void changed(UUID projectId) {
    refreshAll();
  }

  /** Reads what has changed in the database since the last time. */
  @Override
  public void refreshAll() {
    refreshing.lock();
    try {
      Map<UUID, ProjectView> projects = new HashMap<>(snapshot.projects);
      Set<UUID> changedEndpoints = new HashSet<>();
      boolean changed =
          jdbi.withHandle(handle -> {
            boolean any = false;
            for (Version version :
                handle.createQuery(PROJECTS).map(ConstructorMapper.of(Version.class)).list()) {
              any |= refresh(handle, version, projects, changedEndpoints);
            }
            return any;
          });
      if (changed) {
        snapshot = Snapshot.of(projects);
        for (UUID endpointId : changedEndpoints) {
          listeners.forEach(listener -> listener.endpointReplaced(endpointId));
        }
      }
    } finally {
      refreshing.unlock();
    }
  }

  /** Reads one project anew if its version is new; says whether it was. */
  private boolean refresh(
      Handle handle, Version now, Map<UUID, ProjectView> projects, Set<UUID> changedEndpoints) {
    ProjectView before =
        projects.getOrDefault(now.projectId, ProjectView.empty(now.projectId, now.name));
    if (before.version() == now.directoryVersion && projects.containsKey(now.projectId)) {
      return false;
    }
    // Rows may be newer than the version read before them; they are read again next time, which
    // changes nothing.
    long since = before.version();
    List<Changed<Endpoint>> endpointChanges = endpoints.since(handle, now.projectId, since);
    List<Changed<Consumer>> consumerChanges = consumers.since(handle, now.projectId, since);
    ProjectView project =
        new ProjectView(
            now.projectId,
            now.name,
            now.directoryVersion,
            merged(before.sources(), sources.since(handle, now.projectId, since)),
            merged(before.consumers(), consumerChanges),
            merged(before.endpoints(), endpointChanges),
            merged(before.keys(), keys.since(handle, now.projectId, since)));
    projects.put(now.projectId, project);
    Set<UUID> changedConsumers =
        consumerChanges.stream().map(Changed::id).collect(Collectors.toSet());
    Set<UUID> changed = endpointChanges.stream().map(Changed::id).collect(Collectors.toSet());
    changedEndpoints.addAll(changed);
    for (Endpoint endpoint : project.endpoints().values()) {
      UUID consumerId = endpoint.subscription().consumerId();
      if (changed.contains(endpoint.id())
          || (consumerId != null && changedConsumers.contains(consumerId))) {
        listeners.forEach(listener -> listener.endpointChanged(endpoint, project));
      }
    }
    for (UUID id : changed) {
      if (!project.endpoints().containsKey(id)) {
        listeners.forEach(listener -> listener.endpointDeleted(now.projectId, id));
      }
    }
    return true;
  }

  private static <T> Map<UUID, T> merged(Map<UUID, T> before, List<Changed<T>> changes) {
    if (changes.isEmpty()) {
      return before;
    }
    Map<UUID, T> after = new HashMap<>(before);
    for (Changed<T> change : changes) {
      T value = change.value();
      if (value == null) {
        after.remove(change.id());
      } else {
        after.put(change.id(), value);
      }
    }
    return after;
  }

  /** Hears of changed endpoints. */
  public interface Listener {
    /**
     * The endpoint or its consumer is new or is configured anew, as in this view of the project,
     * which cannot be seen in the directory yet: nothing is accepted for an endpoint that its
     * listeners have not heard of.
     */
    void endpointChanged(Endpoint endpoint, ProjectView project);

    /** The endpoint is no more; heard again for long deleted ones at the first reading. */
    void endpointDeleted(UUID projectId, UUID endpointId);

    /** The endpoint was changed or deleted, and how it was before cannot be seen any more. */
    void endpointReplaced(UUID endpointId);
  }

  /** A row of projects.sql; public, since its constructor is called by JDBI. */
  public record Version(UUID projectId, String name, long directoryVersion) {}

  private record Snapshot(
      Map<UUID, ProjectView> projects,
      Map<Hash, Source> sourcesByToken,
      Map<Hash, ApiKey> keysBySecret) {
    static Snapshot of(Map<UUID, ProjectView> projects) {
      Map<Hash, Source> byToken = new HashMap<>();
      Map<Hash, ApiKey> bySecret = new HashMap<>();
      for (ProjectView project : projects.values()) {
        for (Source source : project.sources().values()) {
          if (source.enabled()) {
            byToken.put(Hash.of(source.token()), source);
          }
        }
        project.keys().values().forEach(hashed -> bySecret.put(hashed.hash(), hashed.key()));
      }
      return new Snapshot(Map.copyOf(projects), byToken, bySecret);
    }
  }
}
