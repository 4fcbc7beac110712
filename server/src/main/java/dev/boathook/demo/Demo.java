package dev.boathook.demo;

import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.world.World;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * One run of the demo. Closing it, in any thread and at any time, stops what it started and removes
 * its folder.
 */
public final class Demo implements AutoCloseable {
  private static final int SECRET_BYTES = 24;
  private static final int SHOWN_OUTPUT_LINES = 30;

  private final World world;
  private final PrintStream out;
  private final Timeline timeline;
  private final Watch watch;
  private final ReentrantLock closing = new ReentrantLock();
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Folder folder;
  private final Server server;
  private final Stage stage;
  private final String stripeSecret;
  private Optional<Account> stripe = Optional.empty();
  private volatile boolean closed;

  /**
   * A demo that has its folder and its receiver, and no server yet.
   *
   * @param program the name of the main class, whose {@code serve} it runs
   * @param out what the person sees
   * @param colour whether to colour it
   * @throws IOException if there is no room for a folder or no port for a receiver
   */
  public Demo(World world, String program, PrintStream out, boolean colour) throws IOException {
    this(world, program, out, colour, arrival -> true);
  }

  /**
   * The same with a receiver that forgets what does not pass this test.
   *
   * @param remembers given each request as the receiver gets it
   */
  Demo(World world, String program, PrintStream out, boolean colour, Predicate<Arrival> remembers)
      throws IOException {
    this.world = world;
    this.out = out;
    this.timeline = new Timeline(out, world.ticker(), colour);
    this.watch = new Watch(world.ticker());
    this.stripeSecret = StandardWebhooks.newSecret(random());
    this.folder = new Folder();
    parts.push(folder::remove);
    this.server = new Server(program, folder, "bhk_demo_" + HexFormat.of().formatHex(random()));
    parts.push(server::stop);
    Caller caller = keep(new Caller(world.ticker()));
    Receiver receiver = keep(new Receiver(world, watch, remembers));
    this.stage =
        new Stage(
            world,
            timeline,
            watch,
            server,
            new Api(server, caller),
            caller,
            receiver,
            new SentBook());
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  private byte[] random() {
    byte[] bytes = new byte[SECRET_BYTES];
    world.random().nextBytes(bytes);
    return bytes;
  }

  /**
   * Tells the story.
   *
   * @return the exit status: 1 if anything differed from the promise
   */
  public int run() throws IOException, InterruptedException {
    timeline.say(
        "Boathook, a receiver, and what happens to webhooks between them. Every mark is a checked"
            + " promise.");
    try {
      play();
    } catch (IOException | TooLate e) {
      if (closed) {
        return 1;
      }
      timeline.broken("stopped", String.valueOf(e.getMessage()));
    }
    if (timeline.isBroken()) {
      timeline.quote("The server's last lines", server.lastOutput(SHOWN_OUTPUT_LINES));
    }
    return timeline.verdict() ? 0 : 1;
  }

  /** Where everything of it is. */
  Path folder() {
    return folder.root();
  }

  private void play() throws IOException, InterruptedException, TooLate {
    timeline.part("A server starts");
    long began = world.ticker().nanoTime();
    server.start();
    timeline.promise(
        "ready",
        "in "
            + Timeline.duration(world.ticker().nanoTime() - began)
            + ", with a PostgreSQL of its own, made in an empty folder");
    Account account = stage.account("stripe", stripeSecret);
    stripe = Optional.of(account);
    new Receiving(stage, account).play();
    new Retrying(stage, account).play();
    new Publishing(stage).play();
    new Crashing(stage, account).play();
    new Balance(stage).play();
  }

  /** Says how to look at what is there, and returns when the server has ended. */
  public void stay() throws InterruptedException {
    String url = stripe.map(Account::url).orElse("none");
    out.println();
    List.of(
            Map.entry("public", server.publicUrl()),
            Map.entry("admin", server.adminUrl()),
            Map.entry("key", server.key()),
            Map.entry("source", url),
            Map.entry("secret", stripeSecret))
        .forEach(line -> out.printf("  %-8s %s%n", line.getKey(), line.getValue()));
    out.println();
    List.of(
            "export KEY=" + server.key(),
            "curl -s " + server.adminUrl() + "/v1/deliveries -H \"Authorization: Bearer $KEY\"",
            "",
            "echo '{\"id\": \"evt_1\", \"type\": \"charge.succeeded\"}' > event.json",
            "./boathook sign stripe --secret " + stripeSecret + " --body event.json > headers.txt",
            "curl -i " + url + " -H @headers.txt \\",
            "  -H 'content-type: application/json' --data-binary @event.json")
        .forEach(line -> out.println("  " + line));
    out.println();
    out.println("It runs until Ctrl-C, and leaves nothing behind.");
    out.flush();
    server.awaitEnd();
  }

  @Override
  public void close() {
    closed = true;
    watch.stop();
    closing.lock();
    try {
      while (!parts.isEmpty()) {
        close(parts.pop());
      }
    } finally {
      closing.unlock();
    }
  }

  private void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      out.println("While tidying up: " + e);
    }
  }
}
