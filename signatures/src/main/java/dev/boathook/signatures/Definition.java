package dev.boathook.signatures;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A provider put together from parts. See {@link Catalogue} for how a definition reads. */
final class Definition implements Provider {

  private static final Duration USUAL_DEDUPE_WINDOW = Duration.ofDays(7);
  private static final int USUAL_MAX_BODY_BYTES = 1 << 20;

  private final String name;
  private final Scheme scheme;
  private final Set<String> contentTypes;
  private final Duration dedupeWindow;
  private final int maxBodyBytes;
  private final EnvelopeRule envelope;
  private final List<HandshakeRule> handshakes;
  private final @Nullable String jsonFormField;
  private final JsonPointers pointers;

  private Definition(Builder builder, Scheme scheme) {
    this.name = builder.name;
    this.scheme = scheme;
    this.contentTypes = builder.contentTypes;
    this.dedupeWindow = builder.dedupeWindow;
    this.maxBodyBytes = builder.maxBodyBytes;
    this.envelope =
        new EnvelopeRule(builder.id, builder.type, builder.key, builder.time, builder.deduped);
    this.handshakes = List.copyOf(builder.handshakes);
    this.jsonFormField = builder.jsonFormField;
    Set<String> pointers = new LinkedHashSet<>();
    envelope.pointers(pointers);
    handshakes.forEach(handshake -> handshake.pointers(pointers));
    this.pointers = new JsonPointers(pointers);
  }

  static Builder named(String name) {
    return new Builder(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Verifier verifier(List<String> secrets) {
    return scheme.verifier(secrets);
  }

  @Override
  public Signer signer(String secret) {
    return signer(List.of(secret));
  }

  /** A signer with several secrets, for schemes that send several signatures. */
  Signer signer(List<String> secrets) {
    return scheme.signer(secrets);
  }

  @Override
  public Set<String> contentTypes() {
    return contentTypes;
  }

  @Override
  public Reading read(WebhookRequest request) {
    Facts facts = new Facts(request, pointers, jsonFormField);
    for (HandshakeRule handshake : handshakes) {
      Reading answer = handshake.answer(facts);
      if (answer != null) {
        return answer;
      }
    }
    return new Reading.Notification(envelope.read(facts, scheme.signedText(request)));
  }

  @Override
  public boolean timestamped() {
    return scheme.timestamped();
  }

  @Override
  public Duration dedupeWindow() {
    return dedupeWindow;
  }

  @Override
  public int maxBodyBytes() {
    return maxBodyBytes;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Puts a definition together. What is not said is not there. */
  static final class Builder {
    private final String name;
    private @Nullable Scheme scheme;
    private Set<String> contentTypes = Set.of();
    private Duration dedupeWindow = USUAL_DEDUPE_WINDOW;
    private int maxBodyBytes = USUAL_MAX_BODY_BYTES;
    private Field id = Field.nowhere();
    private Field type = Field.nowhere();
    private Field key = Field.nowhere();
    private Field time = Field.nowhere();
    private boolean deduped = true;
    private final List<HandshakeRule> handshakes = new ArrayList<>();
    private @Nullable String jsonFormField;

    private Builder(String name) {
      this.name = name;
    }

    Builder accepts(String... mediaTypes) {
      contentTypes = Set.of(mediaTypes);
      return this;
    }

    Builder signedBy(SignatureBuilder signature) {
      scheme = signature.scheme();
      return this;
    }

    /** Where the JSON is if the body is a form. */
    Builder jsonInFormField(String field) {
      jsonFormField = field;
      return this;
    }

    Builder id(Field field) {
      id = field;
      return this;
    }

    Builder type(Field field) {
      type = field;
      return this;
    }

    Builder key(Field field) {
      key = field;
      return this;
    }

    Builder time(Field field) {
      time = field;
      return this;
    }

    /** Nothing is ever a duplicate. */
    Builder neverDeduped() {
      deduped = false;
      return this;
    }

    Builder dedupeWindow(Duration window) {
      dedupeWindow = window;
      return this;
    }

    Builder bodiesUpTo(int mebibytes) {
      maxBodyBytes = mebibytes << 20;
      return this;
    }

    /** A request with this mark is a test of the address, answered with a text out of it. */
    Builder handshakeEchoing(Field mark, String value, Field echo) {
      handshakes.add(new HandshakeRule(mark, value, echo));
      return this;
    }

    /** A request with this mark is a test of the address, answered with 200 and no body. */
    Builder handshake(Field mark, String value) {
      handshakes.add(new HandshakeRule(mark, value, null));
      return this;
    }

    Definition build() {
      if (scheme == null) {
        throw new IllegalStateException(name + " has no scheme");
      }
      return new Definition(this, scheme);
    }
  }
}
