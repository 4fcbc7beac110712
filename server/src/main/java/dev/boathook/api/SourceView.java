package dev.boathook.api;

import dev.boathook.address.Cidr;
import dev.boathook.id.IdKind;
import dev.boathook.signatures.Place;
import dev.boathook.source.ReplyFallback;
import dev.boathook.source.SequenceRule;
import dev.boathook.source.Source;
import dev.boathook.source.SourceSecret;
import dev.boathook.tls.ClientCertificates;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A source as it is shown: without what its secrets are. */
record SourceView(
    String id,
    String name,
    String provider,
    Map<String, String> settings,
    String path,
    @Nullable String url,
    @Nullable String publicUrl,
    List<String> allowedNets,
    @Nullable CertificatesView clientCertificates,
    @Nullable String replyEndpoint,
    @Nullable ReplyFallback replyFallback,
    @Nullable String orderingKey,
    @Nullable SequenceView sequence,
    boolean enabled,
    long dedupeWindowSeconds,
    int maxBodyBytes,
    List<SecretView> secrets,
    Instant createdAt,
    Instant updatedAt) {

  /** A secret as it is shown. */
  record SecretView(
      Instant addedAt, @Nullable Instant retiresAt, boolean active, boolean enrolled) {
    static SecretView of(SourceSecret secret, Instant now) {
      return new SecretView(
          secret.addedAt(), secret.retiresAt(), secret.isActive(now), secret.enrolled());
    }
  }

  /** The client certificates that are accepted, as they are shown. */
  record CertificatesView(List<String> sha256, @Nullable String ca, List<String> names) {
    private static @Nullable CertificatesView of(@Nullable ClientCertificates accepted) {
      return accepted == null
          ? null
          : new CertificatesView(accepted.sha256(), accepted.ca(), accepted.names());
    }
  }

  /** How events are numbered, as it is shown; what is only for numbers is null for others. */
  record SequenceView(
      String kind,
      String at,
      @Nullable String resource,
      @Nullable Long startsAt,
      @Nullable Long waitSeconds,
      @Nullable Integer maxHeld,
      String late) {
    private static @Nullable SequenceView of(@Nullable SequenceRule rule) {
      if (rule == null) {
        return null;
      }
      boolean waits = rule.kind() == SequenceRule.Kind.NUMBER;
      return new SequenceView(
          rule.kind().code(),
          rule.at().toString(),
          text(rule.resource()),
          rule.startsAt(),
          waits ? rule.maxWait().toSeconds() : null,
          waits ? rule.maxHeld() : null,
          rule.late().code());
    }
  }

  private static @Nullable String text(@Nullable Place place) {
    return place == null ? null : place.toString();
  }

  static SourceView of(Source source, Optional<String> publicUrl, Instant now) {
    String path = "/in/" + source.token();
    UUID replyEndpoint = source.replyEndpointId();
    return new SourceView(
        IdKind.SOURCE.format(source.id()),
        source.name(),
        source.provider().name(),
        source.settings(),
        path,
        publicUrl.map(base -> base + path).orElse(null),
        source.publicUrl(),
        source.allowedNets().stream().map(Cidr::toString).toList(),
        CertificatesView.of(source.clientCertificates()),
        replyEndpoint == null ? null : IdKind.ENDPOINT.format(replyEndpoint),
        source.replyFallback(),
        text(source.orderingKey()),
        SequenceView.of(source.sequence()),
        source.enabled(),
        source.dedupeWindow().toSeconds(),
        source.maxBodyBytes(),
        source.secrets().all().stream().map(secret -> SecretView.of(secret, now)).toList(),
        source.createdAt(),
        source.updatedAt());
  }
}
