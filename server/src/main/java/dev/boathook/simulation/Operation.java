package dev.boathook.simulation;

import dev.boathook.endpoint.DeliveryPolicy;
import java.time.Duration;

/**
 * One thing that is done to the nodes of a history from outside. Numbers of nodes, endpoints and
 * deliveries are taken modulo how many there are at the time.
 */
sealed interface Operation {
  /** Somebody publishes so many events, with so many different keys; no key at all for 0. */
  record Publish(int node, int events, int keys) implements Operation {}

  /** An endpoint behaves so from now on. */
  record Behave(int endpoint, Network.Manner manner) implements Operation {}

  /** One request in so many meets with trouble on its way; 0 for none. */
  record Trouble(int oneIn) implements Operation {}

  /** A node ends without a word, and starts again later. */
  record Crash(int node, Duration restart) implements Operation {}

  /** A node suffers this at the next occasion; if it ends by it, it starts again later. */
  record Destine(int node, Fault fault, Duration restart) implements Operation {}

  /** A node stands still. */
  record Pause(int node, Duration length) implements Operation {}

  /** The store answers nobody. */
  record StoreDown(Duration length) implements Operation {}

  /** Every answer of the store takes up to so much longer. */
  record StoreSlow(Duration length, Duration delay) implements Operation {}

  /** A node's lease is gone. */
  record EndLease(int node) implements Operation {}

  /** Every so manieth shard of a node was never taken by it. */
  record Failover(int node, int every) implements Operation {}

  /** A node's time of day is wrong by so much. */
  record SetClock(int node, Duration offset) implements Operation {}

  /** The store's time of day is wrong by so much. */
  record SetStoreClock(Duration offset) implements Operation {}

  /** A node hears no messages. */
  record Deafen(int node, Duration length) implements Operation {}

  /** Messages come late and twice, or do not any more. */
  record Stray(boolean stray) implements Operation {}

  /** A further node starts, or one that is down. */
  record Join(int node) implements Operation {}

  /** A node stops cleanly, and starts again later. */
  record Stop(int node, Duration restart) implements Operation {}

  /** An operator replays a finished delivery. */
  record Replay(int node, int delivery) implements Operation {}

  /** An operator cancels a waiting delivery. */
  record Cancel(int node, int delivery) implements Operation {}

  /** An operator cancels all that waits for an endpoint. */
  record Purge(int node, int endpoint) implements Operation {}

  /** An operator lets a halted lane's dead head be tried again. */
  record RetryHead(int node, int lane) implements Operation {}

  /** An operator lets a halted lane go on. */
  record Skip(int node, int lane) implements Operation {}

  /** An operator empties a halted lane. */
  record Drain(int node, int lane) implements Operation {}

  /** An endpoint is paused, or resumed at a rate if one is given. */
  record SetOpen(int node, int endpoint, boolean open, int perSecond) implements Operation {}

  /** An endpoint gets another policy. */
  record SetPolicy(int node, int endpoint, DeliveryPolicy policy) implements Operation {}

  /** An endpoint is deleted. */
  record Delete(int node, int endpoint) implements Operation {}

  /** A new endpoint is made. */
  record Create(int node, DeliveryPolicy policy) implements Operation {}
}
