package dev.boathook.endpoint;

import dev.boathook.outbound.ClientCredentials;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.OutboundTls;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.tls.Certificates;
import dev.boathook.tls.TlsIdentity;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How a {@link Security} is written before it is sealed: only what there is. */
final class SecurityJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private SecurityJson() {}

  static String of(Security security) {
    ObjectNode object = MAPPER.createObjectNode();
    if (!security.headers().isEmpty()) {
      ArrayNode list = object.putArray("headers");
      security
          .headers()
          .forEach(
              header -> list.addObject().put("name", header.name()).put("value", header.value()));
    }
    ObjectNode authentication = MAPPER.createObjectNode();
    authentication.put("type", security.authentication().type());
    switch (security.authentication()) {
      case Authentication.None _ -> {}
      case Authentication.Basic(String username, String password) ->
          authentication.put("username", username).put("password", password);
      case Authentication.Bearer(String token) -> authentication.put("token", token);
      case Authentication.OAuth(ClientCredentials credentials) ->
          authentication
              .put("token_url", credentials.tokenUrl().toString())
              .put("client_id", credentials.clientId())
              .put("client_secret", credentials.clientSecret())
              .put("scope", credentials.scope())
              .put("audience", credentials.audience())
              .put("client_authentication", credentials.method().code());
    }
    object.set("authentication", authentication);
    OutboundTls tls = security.tls();
    if (tls != null && !tls.authorities().isEmpty()) {
      object.put("ca", Certificates.toPem(tls.authorities()));
    }
    TlsIdentity identity = tls == null ? null : tls.identity();
    if (identity != null) {
      object
          .putObject("client_certificate")
          .put("certificate", Certificates.toPem(identity.chain()))
          .put("key", identity.keyPem());
    }
    if (!security.extraSignatures().isEmpty()) {
      ArrayNode list = object.putArray("extra_signatures");
      for (ExtraSignature extra : security.extraSignatures()) {
        ObjectNode entry = list.addObject().put("type", extra.type());
        switch (extra) {
          case ExtraSignature.Svix _ -> {}
          case ExtraSignature.GitHub(String secret) -> entry.put("secret", secret);
          case ExtraSignature.Hmac(Map<String, String> settings, String secret) -> {
            entry.put("secret", secret);
            ObjectNode texts = entry.putObject("settings");
            settings.forEach(texts::put);
          }
        }
      }
    }
    return MAPPER.writeValueAsString(object);
  }

  static Security parse(String json) {
    JsonNode object = MAPPER.readTree(json);
    List<HttpHeader> headers = new ArrayList<>();
    for (JsonNode header : object.path("headers")) {
      headers.add(new HttpHeader(text(header, "name"), text(header, "value")));
    }
    List<ExtraSignature> extras = new ArrayList<>();
    for (JsonNode extra : object.path("extra_signatures")) {
      extras.add(extra(extra));
    }
    return new Security(
        headers, authentication(object.path("authentication")), tls(object), extras);
  }

  private static Authentication authentication(JsonNode object) {
    return switch (text(object, "type")) {
      case "none" -> Authentication.NONE;
      case Authentication.Basic.TYPE ->
          new Authentication.Basic(text(object, "username"), text(object, "password"));
      case Authentication.Bearer.TYPE -> new Authentication.Bearer(text(object, "token"));
      case Authentication.OAuth.TYPE ->
          new Authentication.OAuth(
              new ClientCredentials(
                  TargetUrl.of(text(object, "token_url")),
                  text(object, "client_id"),
                  text(object, "client_secret"),
                  textOrNull(object, "scope"),
                  textOrNull(object, "audience"),
                  ClientCredentials.Method.of(text(object, "client_authentication"))));
      case String other -> throw new IllegalArgumentException("no authentication: " + other);
    };
  }

  private static @Nullable OutboundTls tls(JsonNode object) {
    List<X509Certificate> authorities =
        object.has("ca") ? Certificates.ofPem(text(object, "ca")) : List.of();
    TlsIdentity identity = null;
    JsonNode certificate = object.path("client_certificate");
    if (certificate.isObject()) {
      try {
        identity = TlsIdentity.ofPem(text(certificate, "certificate"), text(certificate, "key"));
      } catch (TlsIdentity.Unusable e) {
        throw new IllegalArgumentException("a stored certificate cannot be read", e);
      }
    }
    return authorities.isEmpty() && identity == null
        ? null
        : new OutboundTls(authorities, identity);
  }

  private static ExtraSignature extra(JsonNode object) {
    return switch (text(object, "type")) {
      case ExtraSignature.Svix.TYPE -> new ExtraSignature.Svix();
      case ExtraSignature.GitHub.TYPE -> new ExtraSignature.GitHub(text(object, "secret"));
      case ExtraSignature.Hmac.TYPE -> {
        Map<String, String> settings = new LinkedHashMap<>();
        object
            .path("settings")
            .properties()
            .forEach(entry -> settings.put(entry.getKey(), entry.getValue().stringValue()));
        yield new ExtraSignature.Hmac(settings, text(object, "secret"));
      }
      case String other -> throw new IllegalArgumentException("no extra signature: " + other);
    };
  }

  private static String text(JsonNode object, String name) {
    return object.get(name).stringValue();
  }

  private static @Nullable String textOrNull(JsonNode object, String name) {
    return object.path(name).isString() ? text(object, name) : null;
  }
}
