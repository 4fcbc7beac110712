package dev.boathook.bench.load;

import dev.boathook.id.Base32;
import dev.boathook.world.World;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Events as Stripe sends them: {@code POST} with {@code Stripe-Signature: t=…,v1=…}, the
 * HMAC-SHA256 over {@code t.body}. Each has an id of its own, which stands at the body's start, and
 * is about an object of its own.
 */
public final class StripeRequests implements RequestSource {
  /** The length of each body, in bytes. */
  public static final int BODY_BYTES = 1024;

  /** What each event says it is. */
  public static final String TYPE = "charge.succeeded";

  private static final String ALGORITHM = "HmacSHA256";
  private static final int SERIAL_DIGITS = 10;
  private static final int TIME_DIGITS = 10;
  private static final int MAC_BYTES = 32;

  private final World world;
  private final String path;
  private final SecretKeySpec key;

  /**
   * Requests to a source.
   *
   * @param path of its URL: {@code /in/} and its token
   * @param secret the signing secret, {@code whsec_} included, as Stripe takes it
   */
  public StripeRequests(World world, String path, String secret) {
    this.world = world;
    this.path = path;
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  @Override
  public Requests forConnection() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return new Signed(world.clock(), mac, path, Base32.encode(world.ids().next()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no " + ALGORITHM, e);
    }
  }

  /** One request, whose changing parts are written over again for each next one. */
  private static final class Signed implements Requests {
    private final InstantSource clock;
    private final Mac mac;
    private final byte[] signature = new byte[MAC_BYTES];

    /** What is signed before the body: the time and a full stop. */
    private final byte[] signedTime = Ascii.bytes("0".repeat(TIME_DIGITS) + ".");

    private final byte[] request;
    private final int timeStart;
    private final int signatureStart;
    private final int bodyStart;
    private final int eventSerialEnd;
    private final int objectSerialEnd;
    private long serial;
    private long second = -1;

    Signed(InstantSource clock, Mac mac, String path, String unique) {
      this.clock = clock;
      this.mac = mac;
      String serialPlace = "0".repeat(SERIAL_DIGITS);
      StringBuilder body = new StringBuilder(BODY_BYTES);
      body.append("{\"id\":\"evt_").append(unique).append(serialPlace);
      int eventSerial = body.length();
      body.append("\",\"object\":\"event\",\"api_version\":\"2026-10-29\",\"created\":")
          .append(clock.instant().getEpochSecond())
          .append(",\"type\":\"" + TYPE + "\",\"livemode\":true,\"data\":{\"object\":{\"id\":\"ch_")
          .append(unique)
          .append(serialPlace);
      int objectSerial = body.length();
      body.append("\",\"object\":\"charge\",\"amount\":4200,\"currency\":\"eur\",");
      Filling.fill(body, BODY_BYTES, "}}}");
      StringBuilder head =
          new StringBuilder("POST ")
              .append(path)
              .append(
                  """
                   HTTP/1.1\r
                  Host: 127.0.0.1\r
                  User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r
                  Accept: */*; q=0.5, application/xml\r
                  Content-Type: application/json; charset=utf-8\r
                  Content-Length: %d\r
                  Stripe-Signature: t=\
                  """
                      .formatted(BODY_BYTES));
      this.timeStart = head.length();
      head.append("0".repeat(TIME_DIGITS)).append(",v1=");
      this.signatureStart = head.length();
      head.append("0".repeat(2 * MAC_BYTES)).append("\r\n\r\n");
      this.bodyStart = head.length();
      this.eventSerialEnd = bodyStart + eventSerial;
      this.objectSerialEnd = bodyStart + objectSerial;
      this.request = Ascii.bytes(head.append(body).toString());
    }

    @Override
    public byte[] next(long intendedNanos) {
      serial++;
      Ascii.putNumber(request, eventSerialEnd - SERIAL_DIGITS, eventSerialEnd, serial, '0');
      Ascii.putNumber(request, objectSerialEnd - SERIAL_DIGITS, objectSerialEnd, serial, '0');
      long now = clock.millis() / 1000;
      if (now != second) {
        second = now;
        Ascii.putNumber(signedTime, 0, TIME_DIGITS, now, '0');
        System.arraycopy(signedTime, 0, request, timeStart, TIME_DIGITS);
      }
      mac.update(signedTime);
      mac.update(request, bodyStart, BODY_BYTES);
      try {
        mac.doFinal(signature, 0);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a signature that is not of 32 bytes", e);
      }
      Ascii.putHex(request, signatureStart, signature);
      return request;
    }
  }
}
