package dev.boathook.bench;

import dev.boathook.bench.floor.AcceptFloor;
import dev.boathook.bench.load.ClosedLoop;
import dev.boathook.bench.load.Load;
import dev.boathook.bench.load.OpenLoop;
import dev.boathook.bench.load.RequestSource;
import dev.boathook.bench.load.StripeRequests;
import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.subject.BoathookServer;
import dev.boathook.bench.subject.FloorServer;
import dev.boathook.bench.subject.Store;
import dev.boathook.bench.subject.Usage;
import dev.boathook.world.World;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** One that accepts, Boathook or its floor, as it is put under load turn by turn. */
final class Accepting {
  /** Of each turn, not measured. */
  private static final Duration WARM_UP = Duration.ofMillis(500);

  private final String name;
  private final Store store;
  private final InetSocketAddress address;
  private final RequestSource requests;
  private final Meter meter;
  private final boolean isFloor;

  private interface Meter {
    Usage read() throws Exception;
  }

  private Accepting(
      String name,
      Store store,
      InetSocketAddress address,
      RequestSource requests,
      Meter meter,
      boolean isFloor) {
    this.isFloor = isFloor;
    this.name = name;
    this.store = store;
    this.address = address;
    this.requests = requests;
    this.meter = meter;
  }

  /** The floor, on a store of its own. */
  static Accepting floor(Site site) throws Exception {
    Store store = site.start(() -> Store.start(site.folder("floor-store")));
    FloorServer floor = site.start(() -> FloorServer.start(AcceptFloor.class, store));
    return new Accepting(
        "the floor",
        store,
        floor.address(),
        new StripeRequests(World.system(), "/in/floor", AcceptFloor.SECRET),
        floor::usage,
        true);
  }

  /** Boathook's ingress, with a source of Stripe's. */
  static Accepting ingress(String name, Platform platform) throws Exception {
    BoathookServer server = platform.server();
    return new Accepting(
        name, platform.store(), server.publicAddress(), platform.stripe(), server::usage, false);
  }

  /** Boathook's API, by which events are published. */
  static Accepting publishing(String name, Platform platform, RequestSource requests) {
    BoathookServer server = platform.server();
    return new Accepting(
        name, platform.store(), server.adminAddress(), requests, server::usage, false);
  }

  /** It takes as much as it can. */
  Side<Turn> atFullLoad(Conditions conditions) {
    return side(
        length -> ClosedLoop.run(address, conditions.connections(), WARM_UP, length, requests));
  }

  /** It takes what comes, at a set rate. */
  Side<Turn> at(double perSecond, Conditions conditions) {
    return side(length ->
        OpenLoop.run(address, conditions.connections(), perSecond, WARM_UP, length, requests));
  }

  private Side<Turn> side(Side.Turn<Load> loading) {
    return new Side<>(
        name,
        length -> {
          store.checkpoint();
          Usage before = meter.read();
          Load load = loading.take(length);
          if (isFloor && load.refused() > 0) {
            throw new IOException("the floor refused " + load.refused() + " requests");
          }
          return new Turn(load, meter.read().since(before));
        });
  }
}
