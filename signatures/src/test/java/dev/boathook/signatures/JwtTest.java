package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JwtTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final String SECRET = "a shared secret";
  private static final String KEYS_URL = "https://keys.example.com/jwks";
  private static final KeyPair PAIR = rsa(2048);

  private static final JwtClaims CLAIMS =
      JwtClaims.of(
          JwtClaims.Claim.oneOf("iss", List.of("issuer", "https://issuer")),
          JwtClaims.Claim.is("aud", "us"));
  private static final JwtScheme HS256 = scheme(new JwtKeys.Shared());
  private static final JwtScheme RS256 = scheme(new JwtKeys.Given(List.of(PAIR.getPublic())));
  private static final JwtScheme PUBLISHED = scheme(new JwtKeys.Published(Jwks.at(KEYS_URL)));

  private static JwtScheme scheme(JwtKeys keys) {
    return new JwtScheme(new TokenPlace.InHeaderAfter("Bearer ", "Authorization"), keys, CLAIMS);
  }

  private static KeyPair rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encoded(String json) {
    return Encoding.BASE64URL.encode(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String hs256(String header, String claims) {
    String text = encoded(header) + "." + encoded(claims);
    byte[] signature =
        new Hmac(Hmac.Hash.SHA256, KeyForm.TEXT)
            .key(SECRET)
            .sign(sink -> sink.update(text.getBytes(StandardCharsets.UTF_8)));
    return text + "." + Encoding.BASE64URL.encode(signature);
  }

  private static String rs256(String header, String claims, PrivateKey key) {
    String text = encoded(header) + "." + encoded(claims);
    return text + "." + Encoding.BASE64URL.encode(sign(key, text));
  }

  private static byte[] sign(PrivateKey key, String text) {
    return new AsymmetricKey("SHA256withRSA", null, key)
        .sign(sink -> sink.update(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static WebhookRequest with(String token) {
    return post("{}", "Authorization", "Bearer " + token);
  }

  private static Verdict shared(String token) {
    return HS256.verifier(List.of("another", SECRET), RemoteKeys.NONE).verify(with(token), NOW);
  }

  private static Verdict sharedWith(String claims) {
    return shared(hs256("{\"alg\":\"HS256\"}", claims));
  }

  private static Verdict given(String token) {
    return RS256.verifier(List.of(), RemoteKeys.NONE).verify(with(token), NOW);
  }

  private static final String GOOD =
      "{\"iss\":\"issuer\",\"aud\":\"us\",\"exp\":1700000600,\"iat\":1700000000}";

  private static final Verdict ACCEPTED = new Verdict.Unsigned(OptionalInt.of(1));

  /** Made with Python's hmac and json. */
  @Test
  void a_token_that_another_program_made_is_accepted_and_never_called_verified() {
    String token =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJpc3N1ZXIiLCJhdWQiOiJ1cyIsImV4cCI6MTcwMDAwMDYwMCwiaWF0IjoxNzAwMDAwMDAwfQ.ctmSKKqzX-CBezYA5dsB0unOzQ7PmmdjqfojI2SAmJA";
    assertThat(shared(token)).isEqualTo(ACCEPTED);
    assertRejected(
        HS256.verifier(List.of("other"), RemoteKeys.NONE).verify(with(token), NOW),
        Reason.NO_MATCHING_SIGNATURE);
  }

  @Test
  void the_word_before_the_token_may_be_in_any_case_and_must_be_there() {
    Verifier verifier = HS256.verifier(List.of(SECRET), RemoteKeys.NONE);
    String token = hs256("{\"alg\":\"HS256\"}", GOOD);
    assertThat(verifier.verify(post("", "authorization", "bearer " + token), NOW))
        .isEqualTo(new Verdict.Unsigned(OptionalInt.of(0)));
    assertRejected(verifier.verify(post("", "Authorization", token), NOW), Reason.MISSING_TOKEN);
    assertRejected(
        verifier.verify(post("", "Authorization", "Bearer "), NOW), Reason.MISSING_TOKEN);
    assertRejected(verifier.verify(post(""), NOW), Reason.MISSING_TOKEN);
    assertRejected(
        verifier.verify(
            post("", "Authorization", "Bearer " + token, "Authorization", "Bearer " + token), NOW),
        Reason.MISSING_TOKEN);
  }

  @Test
  void the_algorithm_is_ours_and_never_the_tokens() {
    for (String alg : List.of("none", "None", "hs256", "HS384", "RS256", "ES256", "")) {
      assertRejected(shared(hs256("{\"alg\":\"" + alg + "\"}", GOOD)), Reason.MALFORMED_TOKEN);
    }
    assertRejected(
        shared(encoded("{\"alg\":\"none\"}") + "." + encoded(GOOD) + "."), Reason.MALFORMED_TOKEN);
    assertRejected(shared(hs256("{}", GOOD)), Reason.MALFORMED_TOKEN);
    // The public key as the secret of an HMAC: the classic confusion.
    byte[] publicKey = PAIR.getPublic().getEncoded();
    String text = encoded("{\"alg\":\"HS256\"}") + "." + encoded(GOOD);
    byte[] forged =
        new Hmac(Hmac.Hash.SHA256, KeyForm.BASE64)
            .key(Base64.getEncoder().encodeToString(publicKey))
            .sign(sink -> sink.update(text.getBytes(StandardCharsets.UTF_8)));
    assertRejected(given(text + "." + Encoding.BASE64URL.encode(forged)), Reason.MALFORMED_TOKEN);
  }

  @Test
  void an_extension_that_must_be_understood_is_not() {
    assertRejected(
        shared(hs256("{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", GOOD)),
        Reason.MALFORMED_TOKEN);
  }

  @Test
  void what_is_no_token_is_malformed() {
    String token = hs256("{\"alg\":\"HS256\"}", GOOD);
    for (String odd :
        List.of(
            "x",
            "..",
            "a.b",
            token + ".",
            token + "=",
            token.replace('.', ','),
            "é" + token,
            token + "A".repeat(Jwt.MAX_LENGTH))) {
      assertThat(shared(odd)).as(odd).isInstanceOf(Verdict.Rejected.class);
    }
    assertRejected(shared(token + "="), Reason.MALFORMED_TOKEN);
    assertRejected(shared(token + " "), Reason.MALFORMED_TOKEN);
    assertRejected(sharedWith("not json"), Reason.MALFORMED_TOKEN);
  }

  @Test
  void every_changed_character_is_noticed() {
    String token = rs256("{\"alg\":\"RS256\"}", GOOD, PAIR.getPrivate());
    assertThat(given(token)).isEqualTo(new Verdict.Unsigned(OptionalInt.empty()));
    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == 'A' ? 'B' : 'A';
      assertThat(given(token.substring(0, i) + other + token.substring(i + 1)))
          .as("at " + i)
          .isInstanceOf(Verdict.Rejected.class);
    }
    assertRejected(
        given(rs256("{\"alg\":\"RS256\"}", GOOD, rsa(2048).getPrivate())),
        Reason.NO_MATCHING_SIGNATURE);
  }

  @Test
  void every_claim_must_be_there_and_right() {
    for (String claims :
        List.of(
            "{\"aud\":\"us\",\"exp\":1700000600}",
            "{\"iss\":\"issuer\",\"exp\":1700000600}",
            "{\"iss\":\"Issuer\",\"aud\":\"us\",\"exp\":1700000600}",
            "{\"iss\":\"issuer\",\"aud\":\"them\",\"exp\":1700000600}",
            "{\"iss\":\"issuer\",\"aud\":[\"them\",\"others\"],\"exp\":1700000600}",
            "{\"iss\":\"issuer\",\"aud\":[],\"exp\":1700000600}",
            "{\"iss\":[\"issuer\"],\"aud\":\"us\",\"exp\":1700000600}",
            "{\"iss\":null,\"aud\":\"us\",\"exp\":1700000600}")) {
      assertRejected(sharedWith(claims), Reason.WRONG_CLAIM);
    }
    for (String claims :
        List.of(
            GOOD, "{\"iss\":\"https://issuer\",\"aud\":[\"them\",\"us\"],\"exp\":1700000600.25}")) {
      assertThat(sharedWith(claims)).isEqualTo(ACCEPTED);
    }
  }

  @Test
  void a_claim_of_two_names_must_be_right_under_both() {
    JwtClaims either =
        JwtClaims.of(
            new JwtClaims.Claim(
                List.of("appid", "azp"), _ -> "app", (_, text) -> text.equals("app")));
    assertThat(problem(either, "{\"azp\":\"app\",\"exp\":1700000600}")).isNull();
    assertThat(problem(either, "{\"azp\":\"app\",\"appid\":\"x\",\"exp\":1700000600}")).isNotNull();
    assertThat(problem(either, "{\"exp\":1700000600}")).isNotNull();
  }

  private static Verdict.@Nullable Rejected problem(JwtClaims claims, String json) {
    return claims.problem(json.getBytes(StandardCharsets.UTF_8), post(""), NOW);
  }

  @Test
  void a_token_lasts_from_its_beginning_to_its_end_and_a_minute_more() {
    String claims = "{\"iss\":\"issuer\",\"aud\":\"us\",\"exp\":%d,\"nbf\":%d,\"iat\":%d}";
    long now = NOW.getEpochSecond();
    assertThat(sharedWith(claims.formatted(now - 59, now + 60, now + 60))).isEqualTo(ACCEPTED);
    assertRejected(sharedWith(claims.formatted(now - 60, now, now)), Reason.TOKEN_EXPIRED);
    assertRejected(sharedWith(claims.formatted(now + 60, now + 61, now)), Reason.TOKEN_EXPIRED);
    assertRejected(sharedWith(claims.formatted(now + 60, now, now + 61)), Reason.TOKEN_EXPIRED);
    assertRejected(sharedWith("{\"iss\":\"issuer\",\"aud\":\"us\"}"), Reason.MALFORMED_TOKEN);
    for (String odd : List.of("\"soon\"", "-1", "1e9", "99999999999999", "\"\"")) {
      assertRejected(
          sharedWith("{\"iss\":\"issuer\",\"aud\":\"us\",\"exp\":" + odd + "}"),
          Reason.MALFORMED_TOKEN);
    }
  }

  @Test
  void published_keys_are_found_by_the_id_that_the_token_names() {
    AtomicInteger fetches = new AtomicInteger();
    RemoteKeys remote =
        new RemoteKeys(call -> {
          assertThat(call.uri()).hasToString(KEYS_URL);
          fetches.incrementAndGet();
          return jwks("k1", PAIR).getBytes(StandardCharsets.UTF_8);
        });
    Verifier verifier = PUBLISHED.verifier(List.of(), remote);
    String token = rs256("{\"alg\":\"RS256\",\"kid\":\"k1\"}", GOOD, PAIR.getPrivate());
    assertThat(verifier.verify(with(token), NOW))
        .isEqualTo(new Verdict.Unsigned(OptionalInt.empty()));
    String unknown = rs256("{\"alg\":\"RS256\",\"kid\":\"k2\"}", GOOD, PAIR.getPrivate());
    assertRejected(verifier.verify(with(unknown), NOW), Reason.UNKNOWN_KEY);
    assertThat(fetches).hasValue(1);
  }

  @Test
  void nothing_is_fetched_for_a_token_whose_claims_are_wrong() {
    RemoteKeys remote =
        new RemoteKeys(_ -> {
          throw new AssertionError("fetched");
        });
    Verifier verifier = PUBLISHED.verifier(List.of(), remote);
    String token =
        rs256(
            "{\"alg\":\"RS256\",\"kid\":\"k1\"}",
            "{\"iss\":\"issuer\",\"aud\":\"them\",\"exp\":1700000600}",
            PAIR.getPrivate());
    assertRejected(verifier.verify(with(token), NOW), Reason.WRONG_CLAIM);
  }

  @Test
  void without_the_keys_it_cannot_be_told() {
    String token = rs256("{\"alg\":\"RS256\",\"kid\":\"k1\"}", GOOD, PAIR.getPrivate());
    assertThat(PUBLISHED.verifier(List.of(), RemoteKeys.NONE).verify(with(token), NOW))
        .isInstanceOf(Verdict.Undecided.class);
  }

  private static String jwks(String id, KeyPair pair) {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"%s\"},{\"kty\":\"RSA\",\"use\":\"enc\",\"kid\":\"%s\",%s},{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"%s\",%s}]}"
        .formatted(id, id, numbers(rsaOf(rsa(2048))), id, numbers(key));
  }

  private static RSAPublicKey rsaOf(KeyPair pair) {
    return (RSAPublicKey) pair.getPublic();
  }

  private static String numbers(RSAPublicKey key) {
    return "\"n\":\"%s\",\"e\":\"%s\""
        .formatted(
            Encoding.BASE64URL.encode(key.getModulus().toByteArray()),
            Encoding.BASE64URL.encode(key.getPublicExponent().toByteArray()));
  }

  @Test
  void keys_that_are_weak_or_broken_are_left_out() throws IOException {
    assertThat(Jwks.parse(jwks("k1", PAIR).getBytes(StandardCharsets.UTF_8))).hasSize(1);
    assertThat(Jwks.parse(jwks("k1", rsa(1024)).getBytes(StandardCharsets.UTF_8))).isEmpty();
    for (String n : List.of("", "AA", "$", "A".repeat(3000))) {
      String set =
          "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"" + n + "\",\"e\":\"AQAB\"}]}";
      assertThat(Jwks.parse(set.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
    for (String odd :
        List.of("", "{}", "{\"keys\":{}}", "[", "{\"keys\":[" + "1,".repeat(64) + "1]}")) {
      assertThatThrownBy(() -> Jwks.parse(odd.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void what_is_signed_here_is_accepted_here() {
    SigningContext context = new SigningContext("msg_1", NOW);
    WebhookRequest hs256 = HS256.signer(List.of(SECRET)).sign(post("{}"), context);
    assertThat(HS256.verifier(List.of(SECRET), RemoteKeys.NONE).verify(hs256, NOW))
        .isEqualTo(new Verdict.Unsigned(OptionalInt.of(0)));
    WebhookRequest rs256 =
        RS256
            .signer(List.of(pem("PRIVATE KEY", PAIR.getPrivate().getEncoded())))
            .sign(post("{}"), context);
    assertThat(RS256.verifier(List.of(), RemoteKeys.NONE).verify(rs256, NOW))
        .isEqualTo(new Verdict.Unsigned(OptionalInt.empty()));
  }

  static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----"
        .formatted(label, Base64.getMimeEncoder().encodeToString(der), label);
  }

  @Test
  void public_keys_may_be_set_instead() {
    String pem = pem("PUBLIC KEY", PAIR.getPublic().getEncoded());
    String other = pem("PUBLIC KEY", rsa(2048).getPublic().getEncoded());
    JwtKeys keys = keys(other + pem);
    assertThat(keys).isInstanceOf(JwtKeys.Given.class);
    String token = rs256("{\"alg\":\"RS256\"}", GOOD, PAIR.getPrivate());
    assertThat(scheme(keys).verifier(List.of(), RemoteKeys.NONE).verify(with(token), NOW))
        .isEqualTo(new Verdict.Unsigned(OptionalInt.empty()));
    assertThatThrownBy(() -> keys("nonsense"))
        .isInstanceOf(InvalidSettings.class)
        .hasMessage("test setting 'public_key' is not an RSA key of 2048 to 8192 bits");
    assertThatThrownBy(() -> keys(pem.repeat(5))).isInstanceOf(InvalidSettings.class);
    assertThatThrownBy(() -> keys(pem("PUBLIC KEY", rsa(1024).getPublic().getEncoded())))
        .isInstanceOf(InvalidSettings.class);
    assertThatThrownBy(() -> keys(pem("PUBLIC KEY", new byte[] {1, 2, 3})))
        .isInstanceOf(InvalidSettings.class);
    assertThatThrownBy(() -> RS256.verifier(List.of("secret"), RemoteKeys.NONE))
        .isInstanceOf(InvalidSecret.class);
    assertThatThrownBy(() -> RS256.signer(List.of("no key")))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 1 is neither PEM nor the base64 of a public key");
  }

  private static JwtKeys keys(String pem) {
    return JwtKeys.from(new Settings("test", Map.of("public_key", pem)), Jwks.at(KEYS_URL));
  }

  @Test
  void nothing_in_a_token_makes_it_throw() {
    Random random = new Random(7);
    String token = rs256("{\"alg\":\"RS256\",\"kid\":\"k\"}", GOOD, PAIR.getPrivate());
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder(token);
      for (int edits = random.nextInt(3); edits >= 0; edits--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(0x10000));
          case 1 -> text.deleteCharAt(at);
          default -> text.insert(at, "._-=A".charAt(random.nextInt(5)));
        }
      }
      if (!text.toString().equals(token)) {
        assertThat(given(text.toString())).isInstanceOf(Verdict.Rejected.class);
      }
    }
  }
}
