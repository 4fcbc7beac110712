package dev.boathook.api;

import dev.boathook.endpoint.Authentication;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.ExtraSignature;
import dev.boathook.endpoint.Security;
import dev.boathook.outbound.AddressRules;
import dev.boathook.outbound.ClientCredentials;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.InvalidTargetUrl;
import dev.boathook.outbound.OutboundTls;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.tls.Certificates;
import dev.boathook.tls.ClientCertificates;
import dev.boathook.tls.TlsIdentity;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code security} of endpoints: an object whose members are read one by one, absent for
 * "as it is" and null for none, and which is shown without what is secret.
 */
final class SecurityFields {
  /** The field of an endpoint that holds it all. */
  static final String FIELD = "security";

  private static final String HEADERS = "headers";
  private static final String AUTHENTICATION = "authentication";
  private static final String CERTIFICATE = "client_certificate";
  private static final String CA = "ca";
  private static final String EXTRA = "extra_signatures";
  private static final Set<String> MEMBERS =
      Set.of(HEADERS, AUTHENTICATION, CERTIFICATE, CA, EXTRA);
  private static final Set<String> BASIC = Set.of("type", "username", "password");
  private static final Set<String> BEARER = Set.of("type", "token");
  private static final Set<String> OAUTH =
      Set.of(
          "type",
          "token_url",
          "client_id",
          "client_secret",
          "scope",
          "audience",
          "client_authentication");
  private static final Set<String> EVERY =
      Set.of(
          "type",
          "username",
          "password",
          "token",
          "token_url",
          "client_id",
          "client_secret",
          "scope",
          "audience",
          "client_authentication");
  private static final String TOKEN_URL = FIELD + "." + AUTHENTICATION + ".token_url";
  private static final int MAX_WORD_CHARACTERS = 100;
  private static final int MAX_SECRET_CHARACTERS = 8_192;
  private static final int MAX_SETTINGS = 10;
  private static final int MAX_SETTING_CHARACTERS = 1_000;

  private SecurityFields() {}

  /**
   * What the call says of the security.
   *
   * @param before what it is where the call says nothing
   * @param now when a certificate must be good
   */
  static Security read(Fields endpoint, Security before, Instant now) throws Refusal {
    if (!endpoint.has(FIELD)) {
      return before;
    }
    Fields fields = endpoint.objectOrNull(FIELD, MEMBERS);
    if (fields == null) {
      return Security.NONE;
    }
    List<HttpHeader> headers = headers(fields, before.headers());
    Authentication authentication = authentication(fields, before.authentication());
    OutboundTls tls = tls(fields, before.tls(), now);
    List<ExtraSignature> extras = extras(fields, before.extraSignatures());
    try {
      return new Security(headers, authentication, tls, extras);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(FIELD, String.valueOf(e.getMessage())).refusal();
    }
  }

  private static List<HttpHeader> headers(Fields fields, List<HttpHeader> before) throws Refusal {
    if (!fields.has(HEADERS)) {
      return before;
    }
    List<HttpHeader> headers = new ArrayList<>();
    if (!fields.isNull(HEADERS)) {
      Map<String, String> given =
          fields.textMap(HEADERS, Security.MAX_HEADERS, Security.MAX_HEADER_VALUE_CHARACTERS);
      try {
        given.forEach((name, value) -> headers.add(new HttpHeader(name, value)));
        return new Security(headers, Authentication.NONE, null, List.of()).headers();
      } catch (IllegalArgumentException e) {
        throw fields.wrong(HEADERS, e);
      }
    }
    return headers;
  }

  private static Authentication authentication(Fields fields, Authentication before)
      throws Refusal {
    if (!fields.has(AUTHENTICATION)) {
      return before;
    }
    Fields any = fields.objectOrNull(AUTHENTICATION, EVERY);
    if (any == null) {
      return Authentication.NONE;
    }
    String type = any.text("type", MAX_WORD_CHARACTERS);
    try {
      return switch (type) {
        case Authentication.Basic.TYPE -> {
          Fields basic = fields.object(AUTHENTICATION, BASIC);
          yield new Authentication.Basic(
              basic.lines("username", Authentication.MAX_CHARACTERS),
              basic.lines("password", Authentication.MAX_CHARACTERS));
        }
        case Authentication.Bearer.TYPE ->
            new Authentication.Bearer(
                fields.object(AUTHENTICATION, BEARER).text("token", Authentication.MAX_CHARACTERS));
        case Authentication.OAuth.TYPE -> oauth(fields.object(AUTHENTICATION, OAUTH));
        default ->
            throw any.wrong(
                "type",
                "is %s, %s or %s"
                    .formatted(
                        Authentication.Basic.TYPE,
                        Authentication.Bearer.TYPE,
                        Authentication.OAuth.TYPE));
      };
    } catch (IllegalArgumentException e) {
      throw fields.wrong(AUTHENTICATION, e);
    }
  }

  private static Authentication oauth(Fields fields) throws Refusal {
    TargetUrl tokenUrl =
        switch (TargetUrl.parse(fields.text("token_url", TargetUrl.MAX_CHARS))) {
          case TargetUrl url -> url;
          case InvalidTargetUrl invalid ->
              throw Problem.invalid(invalid.code(), TOKEN_URL, invalid.message()).refusal();
        };
    return new Authentication.OAuth(
        new ClientCredentials(
            tokenUrl,
            fields.text("client_id", ClientCredentials.MAX_CHARACTERS),
            fields.text("client_secret", ClientCredentials.MAX_CHARACTERS),
            fields.textOrNull("scope", ClientCredentials.MAX_CHARACTERS, null),
            fields.textOrNull("audience", ClientCredentials.MAX_CHARACTERS, null),
            fields.has("client_authentication")
                ? ClientCredentials.Method.of(
                    fields.text("client_authentication", MAX_WORD_CHARACTERS))
                : ClientCredentials.Method.BASIC));
  }

  private static @Nullable OutboundTls tls(Fields fields, @Nullable OutboundTls before, Instant now)
      throws Refusal {
    List<X509Certificate> authorities = before == null ? List.of() : before.authorities();
    TlsIdentity identity = before == null ? null : before.identity();
    if (fields.has(CA)) {
      authorities = fields.isNull(CA) ? List.of() : authorities(fields);
    }
    if (fields.has(CERTIFICATE)) {
      identity = identity(fields, now);
    }
    return authorities.isEmpty() && identity == null
        ? null
        : new OutboundTls(authorities, identity);
  }

  private static List<X509Certificate> authorities(Fields fields) throws Refusal {
    try {
      return new OutboundTls(
              Certificates.ofPem(fields.lines(CA, ClientCertificates.MAX_PEM_CHARACTERS)), null)
          .authorities();
    } catch (IllegalArgumentException e) {
      throw fields.wrong(CA, e);
    }
  }

  private static @Nullable TlsIdentity identity(Fields fields, Instant now) throws Refusal {
    Fields given = fields.objectOrNull(CERTIFICATE, Set.of("certificate", "key"));
    if (given == null) {
      return null;
    }
    try {
      TlsIdentity identity =
          TlsIdentity.ofPem(
              given.lines("certificate", ClientCertificates.MAX_PEM_CHARACTERS),
              given.lines("key", ClientCertificates.MAX_PEM_CHARACTERS));
      identity.checkTime(now);
      return new OutboundTls(List.of(), identity).identity();
    } catch (TlsIdentity.Unusable e) {
      throw fields.wrong(CERTIFICATE, String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw fields.wrong(CERTIFICATE, e);
    }
  }

  private static List<ExtraSignature> extras(Fields fields, List<ExtraSignature> before)
      throws Refusal {
    if (!fields.has(EXTRA)) {
      return before;
    }
    List<ExtraSignature> extras = new ArrayList<>();
    if (fields.isNull(EXTRA)) {
      return extras;
    }
    try {
      for (Fields given :
          fields.objects(
              EXTRA, Security.MAX_EXTRA_SIGNATURES, Set.of("type", "settings", "secret"))) {
        extras.add(extra(given));
      }
      return new Security(List.of(), Authentication.NONE, null, extras).extraSignatures();
    } catch (IllegalArgumentException e) {
      throw fields.wrong(EXTRA, e);
    }
  }

  private static ExtraSignature extra(Fields given) throws Refusal {
    String type = given.text("type", MAX_WORD_CHARACTERS);
    if (given.has("settings") && !type.equals(ExtraSignature.Hmac.TYPE)) {
      throw given.wrong("settings", "is for " + ExtraSignature.Hmac.TYPE + " only");
    }
    if (given.has("secret") && type.equals(ExtraSignature.Svix.TYPE)) {
      throw given.wrong("secret", "is the endpoint's own; there is none beside it");
    }
    return switch (type) {
      case ExtraSignature.Svix.TYPE -> new ExtraSignature.Svix();
      case ExtraSignature.GitHub.TYPE ->
          new ExtraSignature.GitHub(given.lines("secret", MAX_SECRET_CHARACTERS));
      case ExtraSignature.Hmac.TYPE ->
          new ExtraSignature.Hmac(
              given.settings("settings", MAX_SETTINGS, MAX_SETTING_CHARACTERS, Map.of()),
              given.lines("secret", MAX_SECRET_CHARACTERS));
      default ->
          throw given.wrong(
              "type",
              "is %s, %s or %s"
                  .formatted(
                      ExtraSignature.Svix.TYPE,
                      ExtraSignature.GitHub.TYPE,
                      ExtraSignature.Hmac.TYPE));
    };
  }

  /** Where tokens are asked for, if they are. */
  static Optional<TargetUrl> tokenUrl(Endpoint endpoint) {
    return endpoint.security().authentication()
            instanceof Authentication.OAuth(ClientCredentials credentials)
        ? Optional.of(credentials.tokenUrl())
        : Optional.empty();
  }

  /** What must be so of an endpoint as a whole. */
  static void check(Endpoint endpoint, AddressRules rules) throws Refusal {
    if (endpoint.security().tls() != null && !endpoint.url().isHttps()) {
      throw Problem.invalid(FIELD, "certificates are of no use: the URL is not https").refusal();
    }
    Optional<TargetUrl> tokenUrl = tokenUrl(endpoint);
    Optional<String> why = tokenUrl.flatMap(url -> rules.whyRefused(url, endpoint.allowedNets()));
    if (why.isPresent()) {
      throw Problem.invalid("address_refused", TOKEN_URL, why.get()).refusal();
    }
    if (tokenUrl
        .filter(url -> !url.isHttps() && !rules.isOpened(url, endpoint.allowedNets()))
        .isPresent()) {
      throw Problem.invalid(
              "https_required",
              TOKEN_URL,
              "is not https, and its host is no address in a network that is open for it")
          .refusal();
    }
  }

  /** Credentials do not follow a URL to another host. */
  static void checkHost(Fields endpoint, Endpoint before, Endpoint after) throws Refusal {
    Fields given = endpoint.has(FIELD) ? endpoint.objectOrNull(FIELD, MEMBERS) : null;
    boolean none = endpoint.has(FIELD) && given == null;
    if (!before
        .security()
        .mayMove(
            before.url(),
            after.url(),
            none || (given != null && given.has(HEADERS)),
            none || (given != null && given.has(AUTHENTICATION)))) {
      throw Problem.invalid(
              FIELD,
              "headers and authentication were given for another host; give them again, or null")
          .refusal();
    }
  }

  /** The security as it is shown. */
  record View(
      List<String> headers,
      @Nullable Map<String, Object> authentication,
      @Nullable CertificateView clientCertificate,
      List<CertificateView> ca,
      List<Map<String, Object>> extraSignatures) {}

  /** A certificate as it is shown. */
  record CertificateView(String subject, String sha256, Instant expiresAt) {
    private static CertificateView of(X509Certificate certificate) {
      return new CertificateView(
          certificate.getSubjectX500Principal().getName(),
          Certificates.sha256(certificate),
          certificate.getNotAfter().toInstant());
    }
  }

  static View view(Security security) {
    OutboundTls tls = security.tls();
    TlsIdentity identity = tls == null ? null : tls.identity();
    return new View(
        security.headers().stream().map(HttpHeader::name).toList(),
        view(security.authentication()),
        identity == null ? null : CertificateView.of(identity.chain().getFirst()),
        tls == null ? List.of() : tls.authorities().stream().map(CertificateView::of).toList(),
        security.extraSignatures().stream().map(SecurityFields::view).toList());
  }

  private static @Nullable Map<String, Object> view(Authentication authentication) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("type", authentication.type());
    return switch (authentication) {
      case Authentication.None _ -> null;
      case Authentication.Basic basic -> {
        view.put("username", basic.username());
        yield view;
      }
      case Authentication.Bearer _ -> view;
      case Authentication.OAuth(ClientCredentials credentials) -> {
        view.put("token_url", credentials.tokenUrl().toString());
        view.put("client_id", credentials.clientId());
        view.put("scope", credentials.scope());
        view.put("audience", credentials.audience());
        view.put("client_authentication", credentials.method().code());
        yield view;
      }
    };
  }

  private static Map<String, Object> view(ExtraSignature extra) {
    return switch (extra) {
      case ExtraSignature.Svix _, ExtraSignature.GitHub _ -> Map.of("type", extra.type());
      case ExtraSignature.Hmac hmac -> Map.of("type", extra.type(), "settings", hmac.settings());
    };
  }
}
