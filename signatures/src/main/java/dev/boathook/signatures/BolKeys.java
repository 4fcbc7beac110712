package dev.boathook.signatures;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of bol.com, which are told to retailers only: fetched with the client credentials of the
 * Retailer API ({@code client_id:client_secret} as the secret). A public key as the secret is used
 * as it is, and nothing is fetched.
 *
 * <p>Source: api.bol.com/retailer/public, Retailer API v10, authentication and "Retrieve public
 * keys for push notification signature validation"; the shape of the list: github picqer and rojtjo
 * bol clients.
 */
enum BolKeys implements PublishedKeys {
  INSTANCE;

  /** The most keys of a list that are looked at. */
  static final int MAX_KEYS = 16;

  private static final URI TOKENS =
      URI.create("https://login.bol.com/token?grant_type=client_credentials");
  private static final URI KEYS =
      URI.create("https://api.bol.com/retailer/subscriptions/signature-keys");
  private static final String KEYS_TYPE = "application/vnd.retailer.v10+json";
  private static final Duration MAX_AGE = Duration.ofHours(12);
  private static final PublicKeyAlgorithm ALGORITHM = PublicKeyAlgorithm.RSA_SHA256;
  private static final JsonPointers TOKEN = new JsonPointers(List.of("/access_token"));
  private static final JsonPointers LIST = new JsonPointers(pointers());

  private static List<String> pointers() {
    List<String> pointers = new ArrayList<>();
    for (int i = 0; i < MAX_KEYS; i++) {
      pointers.add("/signatureKeys/" + i + "/id");
      pointers.add("/signatureKeys/" + i + "/publicKey");
    }
    return pointers;
  }

  @Override
  public List<Lookup> lookups(List<String> secrets, RemoteKeys remote) {
    return Secrets.each(secrets, secret -> lookup(secret, remote));
  }

  private static Lookup lookup(String secret, RemoteKeys remote) {
    int colon = secret.indexOf(':');
    if (colon <= 0 || colon == secret.length() - 1) {
      AsymmetricKey key = ALGORITHM.key(secret);
      return (_, _) -> new Trust.Keys(List.of(key));
    }
    if (!Ascii.isVisible(secret)) {
      throw new InvalidSecret("is neither a public key nor client_id:client_secret");
    }
    RemoteKeys.KeySet set =
        new RemoteKeys.KeySet(
            // Another client secret is another set: the first one may have been wrong.
            KEYS + " " + EnvelopeRule.hash(sink -> sink.update(Utf8.bytes(secret))),
            MAX_AGE,
            fetcher -> load(fetcher, secret));
    return (keyId, now) -> PublishedKeys.trust(remote.find(set, keyId, now), ALGORITHM);
  }

  private static Map<String, RemoteKeys.Key> load(KeyFetcher fetcher, String credentials)
      throws IOException {
    String basic = Encoding.BASE64.encode(Utf8.bytes(credentials));
    byte[] answer =
        fetcher.fetch(
            new KeyFetcher.Call(
                "POST",
                TOKENS,
                Headers.of("Authorization", "Basic " + basic, "Accept", "application/json"),
                new byte[0]));
    String token = JsonScanner.scan(answer, TOKEN)[0];
    if (token == null || !Ascii.isVisible(token)) {
      throw new IOException(TOKENS.getHost() + " answers without an access token");
    }
    byte[] list =
        fetcher.fetch(
            new KeyFetcher.Call(
                "GET",
                KEYS,
                Headers.of("Authorization", "Bearer " + token, "Accept", KEYS_TYPE),
                new byte[0]));
    return keys(JsonScanner.scan(list, LIST));
  }

  private static Map<String, RemoteKeys.Key> keys(@Nullable String[] values) throws IOException {
    Map<String, RemoteKeys.Key> keys = new HashMap<>();
    for (int i = 0; i < MAX_KEYS; i++) {
      String id = values[2 * i];
      String key = values[2 * i + 1];
      if (id != null && key != null) {
        try {
          keys.put(id, new RemoteKeys.Key(PemKeys.publicKey(key, ALGORITHM.kind()), null));
        } catch (InvalidSecret e) {
          throw new IOException(KEYS.getHost() + " answers a key that " + e.getMessage(), e);
        }
      }
    }
    if (keys.isEmpty()) {
      throw new IOException(KEYS.getHost() + " answers without signature keys");
    }
    return keys;
  }
}
