package dev.boathook.node;

import dev.boathook.world.Ids;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which node this is: the same over restarts, as a file in the data folder says that is locked
 * while the process lives. So a process that starts with it knows that the one before has ended,
 * and need not wait for the end of its lease.
 */
public final class NodeId implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeId.class);
  private static final String FILE = "node-id";
  private static final String LOCK = "node-id.lock";

  private final UUID id;
  private final FileChannel lock;

  private NodeId(UUID id, FileChannel lock) {
    this.id = id;
    this.lock = lock;
  }

  /**
   * The node of this folder. While another process has it, or when it cannot be kept, a new one
   * that is good for this start only.
   *
   * @throws IOException when the folder cannot be written to
   */
  public static NodeId of(Path folder, Ids ids) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!lock(channel)) {
      LOG.info("another process is the node of {}; this one is a node for this start only", folder);
      return new NodeId(ids.next(), channel);
    }
    Path file = folder.resolve(FILE);
    UUID id;
    if (Files.exists(file)) {
      id = parse(file, Files.readString(file).strip());
    } else {
      id = ids.next();
      Path written = folder.resolve(FILE + ".new");
      Files.writeString(written, id + "\n");
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return new NodeId(id, channel);
  }

  private static UUID parse(Path file, String text) throws IOException {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " does not hold a node's id; delete it and start again", e);
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** The node's id. */
  public UUID id() {
    return id;
  }

  /** Another process may have it from now on. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
