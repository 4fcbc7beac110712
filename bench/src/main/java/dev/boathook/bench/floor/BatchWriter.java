package dev.boathook.bench.floor;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * One thread that takes what waits in a bounded queue and writes it, a batch a commit; it ends with
 * the process, or ends the process when a batch cannot be written.
 */
final class BatchWriter<T> {
  /** As the product has them: see its Acceptor.Limits. */
  private static final int MAX_QUEUED = 4_096;

  private static final int MAX_BATCH = 256;

  private final BlockingQueue<T> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final Insert<T> insert;

  /** Writes a batch and commits it. */
  @FunctionalInterface
  interface Insert<T> {
    void write(List<T> batch) throws SQLException;
  }

  /** Starts the thread. */
  BatchWriter(Insert<T> insert) {
    this.insert = insert;
    Thread.ofPlatform().daemon().name("floor-writer").start(this::run);
  }

  /** False when the queue is full. */
  boolean offer(T row) {
    return queue.offer(row);
  }

  /** Waits while the queue is full. */
  void put(T row) throws InterruptedException {
    queue.put(row);
  }

  private void run() {
    List<T> batch = new ArrayList<>(MAX_BATCH);
    try {
      while (true) {
        batch.add(queue.take());
        queue.drainTo(batch, MAX_BATCH - 1);
        insert.write(batch);
        batch.clear();
      }
    } catch (Throwable e) {
      // Who waits for its row would wait for ever.
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }
}
