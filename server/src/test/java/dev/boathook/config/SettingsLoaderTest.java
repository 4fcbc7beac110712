package dev.boathook.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.address.Cidr;
import dev.boathook.config.Settings.Address;
import dev.boathook.config.Settings.EndpointSettings;
import dev.boathook.config.Settings.LogFormat;
import dev.boathook.config.Settings.SourceSettings;
import dev.boathook.config.Settings.TlsFiles;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.StatusPattern;
import dev.boathook.signatures.Place;
import dev.boathook.source.ReplyFallback;
import dev.boathook.source.SequenceRule;
import dev.boathook.tls.ClientCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsLoaderTest {
  private static final String ADMIN_KEY = "0123456789abcdef0123456789abcdef";
  private static final String SECRET = "do-not-show-this-secret";
  private static final String SIGNING_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final Map<String, String> environment = new HashMap<>();
  private final Map<Setting, List<String>> flags = new HashMap<>();
  private final Map<Path, String> files = new HashMap<>();

  @Test
  void every_name_is_pinned() {
    assertThat(Arrays.stream(Setting.values()))
        .extracting(setting ->
            "%s %s %s".formatted(setting.key(), setting.flag().orElse("-"), setting.environment()))
        .containsExactly(
            "config --config BOATHOOK_CONFIG",
            "data --data BOATHOOK_DATA",
            "host --host BOATHOOK_HOST",
            "port --port BOATHOOK_PORT",
            "admin_host --admin-host BOATHOOK_ADMIN_HOST",
            "admin_port --admin-port BOATHOOK_ADMIN_PORT",
            "public_url --public-url BOATHOOK_PUBLIC_URL",
            "database_url --database-url BOATHOOK_DATABASE_URL",
            "database_user --database-user BOATHOOK_DATABASE_USER",
            "database_password - BOATHOOK_DATABASE_PASSWORD",
            "allow_net --allow-net BOATHOOK_ALLOW_NET",
            "trusted_proxy --trusted-proxy BOATHOOK_TRUSTED_PROXY",
            "tls_certificate --tls-certificate BOATHOOK_TLS_CERTIFICATE",
            "tls_key --tls-key BOATHOOK_TLS_KEY",
            "admin_tls_certificate --admin-tls-certificate BOATHOOK_ADMIN_TLS_CERTIFICATE",
            "admin_tls_key --admin-tls-key BOATHOOK_ADMIN_TLS_KEY",
            "key_file --key-file BOATHOOK_KEY_FILE",
            "admin_key - BOATHOOK_ADMIN_KEY",
            "log_format --log-format BOATHOOK_LOG_FORMAT");
  }

  @Test
  void every_default_is_pinned() {
    assertThat(load())
        .isEqualTo(
            new Settings(
                Path.of("boathook-data"),
                new Address("0.0.0.0", 8080),
                new Address("127.0.0.1", 8081),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Path.of("boathook-data/sealing-key.json"),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                LogFormat.TEXT,
                List.of(),
                List.of()));
  }

  @Test
  void the_help_states_the_defaults_there_are() {
    Settings settings = load();
    assertThat(Setting.DATA.defaultText()).isEqualTo(settings.data().toString());
    assertThat(Setting.HOST.defaultText()).isEqualTo(settings.publicAddress().host());
    assertThat(Setting.PORT.defaultText()).isEqualTo("" + settings.publicAddress().port());
    assertThat(Setting.ADMIN_HOST.defaultText()).isEqualTo(settings.adminAddress().host());
    assertThat(Setting.ADMIN_PORT.defaultText()).isEqualTo("" + settings.adminAddress().port());
    assertThat(Setting.KEY_FILE.defaultText()).startsWith(Settings.DEFAULT_KEY_FILE);
    assertThat(Setting.CONFIG.defaultText()).startsWith(SettingsLoader.FILE_NAME);
  }

  @Test
  void a_flag_goes_before_the_environment_that_before_the_file_and_that_before_the_default() {
    file("boathook-data/boathook.yaml", "port: 1001\nadmin_port: 1002\nhost: ::1\n");
    environment.put("BOATHOOK_PORT", "2001");
    environment.put("BOATHOOK_ADMIN_PORT", "2002");
    flags.put(Setting.PORT, List.of("3001"));

    Settings settings = load();

    assertThat(settings.publicAddress()).isEqualTo(new Address("::1", 3001));
    assertThat(settings.adminAddress()).isEqualTo(new Address("127.0.0.1", 2002));
    environment.clear();
    assertThat(load().adminAddress().port()).isEqualTo(1002);
  }

  @Test
  void every_setting_works_in_the_environment() {
    file("/etc/boathook.yaml", "log_format: text\n");
    environment.putAll(
        Map.ofEntries(
            Map.entry("BOATHOOK_CONFIG", "/etc/boathook.yaml"),
            Map.entry("BOATHOOK_DATA", "/data"),
            Map.entry("BOATHOOK_HOST", "10.0.0.1"),
            Map.entry("BOATHOOK_PORT", "0"),
            Map.entry("BOATHOOK_ADMIN_HOST", "::1"),
            Map.entry("BOATHOOK_ADMIN_PORT", "65535"),
            Map.entry("BOATHOOK_PUBLIC_URL", "https://hooks.example.com/"),
            Map.entry("BOATHOOK_DATABASE_URL", "jdbc:postgresql://db/boathook"),
            Map.entry("BOATHOOK_DATABASE_USER", "bob"),
            Map.entry("BOATHOOK_DATABASE_PASSWORD", "@literal"),
            Map.entry("BOATHOOK_ALLOW_NET", "127.0.0.0/8, fc00::/7"),
            Map.entry("BOATHOOK_TRUSTED_PROXY", "10.0.0.0/8"),
            Map.entry("BOATHOOK_TLS_CERTIFICATE", "/tls/chain.pem"),
            Map.entry("BOATHOOK_TLS_KEY", "/tls/key.pem"),
            Map.entry("BOATHOOK_ADMIN_TLS_CERTIFICATE", "/tls/admin.pem"),
            Map.entry("BOATHOOK_ADMIN_TLS_KEY", "/tls/admin-key.pem"),
            Map.entry("BOATHOOK_KEY_FILE", "/keys/sealing"),
            Map.entry("BOATHOOK_ADMIN_KEY", ADMIN_KEY),
            Map.entry("BOATHOOK_LOG_FORMAT", "json")));

    assertThat(load())
        .isEqualTo(
            new Settings(
                Path.of("/data"),
                new Address("10.0.0.1", 0),
                new Address("::1", 65535),
                Optional.of("jdbc:postgresql://db/boathook"),
                Optional.of("bob"),
                Optional.of("@literal"),
                Path.of("/keys/sealing"),
                Optional.of(ADMIN_KEY),
                Optional.of("https://hooks.example.com"),
                List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("fc00::/7")),
                List.of(Cidr.parse("10.0.0.0/8")),
                Optional.of(new TlsFiles(Path.of("/tls/chain.pem"), Path.of("/tls/key.pem"))),
                Optional.of(new TlsFiles(Path.of("/tls/admin.pem"), Path.of("/tls/admin-key.pem"))),
                LogFormat.JSON,
                List.of(),
                List.of()));
  }

  @Test
  void every_setting_works_in_the_file() {
    file("/etc/secrets/db", "from a file\n");
    file("/etc/secrets/signing", SIGNING_SECRET + "\n");
    environment.put("KEY", ADMIN_KEY);
    flags.put(Setting.CONFIG, List.of("/etc/boathook.yaml"));
    file(
        "/etc/boathook.yaml",
        """
        data: data
        host: 10.0.0.1
        port: 80
        admin_host: ::1
        admin_port: 81
        public_url: https://hooks.example.com
        database_url: postgres://bob:it%27s%20+%40@db:5433/boat%20hook?sslmode=require
        database_password: '@secrets/db'
        allow_net: [127.0.0.0/8, "10.0.0.0/8"]
        trusted_proxy: [10.0.0.7/32]
        tls_certificate: tls/chain.pem
        tls_key: tls/key.pem
        key_file: /keys/sealing
        admin_key: ${KEY}
        log_format: json
        sources:
          - name: payments
            provider: stripe
            secrets: ["@secrets/db", 0123]
          - name: other
            provider: hmac
            secrets: [a secret]
            settings: {header: X-Signature, tolerance_seconds: 60}
            public_url: https://hooks.example.com/other?a=1
            allowed_nets: [192.0.2.0/24, "2001:db8::/32"]
            client_certificates:
              sha256: ["AB00000000000000000000000000000000000000000000000000000000000000"]
            reply_endpoint: mine
            reply_fallback: {status: 200, content_type: text/plain, body: Later}
            ordering_key: json:/order/id
            sequence: {kind: number, at: "header:X-Sequence", starts_at: 9223372036854775807, wait_seconds: 5, late: drop}
        endpoints:
          - {name: mine, url: "http://127.0.0.1:3000/hooks", sources: [payments], types: [charge.*]}
          - {name: all, url: "https://example.com/"}
          - name: tuned
            url: http://10.1.0.1/
            order: block
            retry_schedule_seconds: [0, 0.25, 60]
            final_statuses: [404, 5xx]
            max_in_flight: 1
            rate_per_second: 2.5
            rate_burst: 10
            secret: '@secrets/signing'
            allowed_nets: [10.1.0.0/16]
        """);

    assertThat(load())
        .isEqualTo(
            new Settings(
                Path.of("/etc/data"),
                new Address("10.0.0.1", 80),
                new Address("::1", 81),
                Optional.of("jdbc:postgresql://db:5433/boat+hook?sslmode=require"),
                Optional.of("bob"),
                Optional.of("it's +@"),
                Path.of("/keys/sealing"),
                Optional.of(ADMIN_KEY),
                Optional.of("https://hooks.example.com"),
                List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("10.0.0.0/8")),
                List.of(Cidr.parse("10.0.0.7/32")),
                Optional.of(
                    new TlsFiles(Path.of("/etc/tls/chain.pem"), Path.of("/etc/tls/key.pem"))),
                Optional.empty(),
                LogFormat.JSON,
                List.of(
                    new SourceSettings(
                        "payments", "stripe", List.of("from a file", "0123"), Map.of()),
                    new SourceSettings(
                        "other",
                        "hmac",
                        List.of("a secret"),
                        Map.of("header", "X-Signature", "tolerance_seconds", "60"),
                        Optional.of("https://hooks.example.com/other?a=1"),
                        Optional.of(
                            List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("2001:db8::/32"))),
                        Optional.of(
                            ClientCertificates.of(
                                List.of("ab" + "00".repeat(31)), null, List.of())),
                        Optional.of("mine"),
                        Optional.of(new ReplyFallback(200, "text/plain", "Later")),
                        Optional.of(Place.parse("json:/order/id")),
                        Optional.of(
                            new SequenceRule(
                                SequenceRule.Kind.NUMBER,
                                Place.parse("header:X-Sequence"),
                                null,
                                Long.MAX_VALUE,
                                Duration.ofSeconds(5),
                                SequenceRule.DEFAULT_MAX_HELD,
                                SequenceRule.Late.DROP)))),
                List.of(
                    new EndpointSettings(
                        "mine",
                        "http://127.0.0.1:3000/hooks",
                        List.of("payments"),
                        List.of("charge.*")),
                    new EndpointSettings("all", "https://example.com/", List.of(), List.of("*")),
                    new EndpointSettings(
                        "tuned",
                        "http://10.1.0.1/",
                        List.of(),
                        List.of("*"),
                        Optional.of(Order.BLOCK),
                        Optional.of(
                            new RetrySchedule(
                                List.of(
                                    Duration.ZERO, Duration.ofMillis(250), Duration.ofMinutes(1)))),
                        Optional.of(List.of(new StatusPattern("404"), new StatusPattern("5xx"))),
                        Optional.of(1),
                        Optional.of(new Rate(2.5, 10)),
                        Optional.of(SIGNING_SECRET),
                        Optional.of(List.of(Cidr.parse("10.1.0.0/16")))))));
  }

  @Test
  void flags_may_repeat_a_list_and_replace_that_of_the_environment() {
    environment.put("BOATHOOK_ALLOW_NET", "127.0.0.0/8");
    flags.put(Setting.ALLOW_NET, List.of("10.0.0.0/8", "192.168.0.0/16"));

    assertThat(load().allowedNets())
        .containsExactly(Cidr.parse("10.0.0.0/8"), Cidr.parse("192.168.0.0/16"));
  }

  @Test
  void an_empty_variable_counts_as_none() {
    environment.put("BOATHOOK_PORT", "");

    assertThat(load().publicAddress().port()).isEqualTo(8080);
  }

  @Test
  void the_file_of_the_data_folder_is_found_and_an_empty_one_says_nothing() {
    flags.put(Setting.DATA, List.of("/srv"));
    file("/srv/boathook.yaml", "# nothing yet\n");

    assertThat(load().keyFile()).isEqualTo(Path.of("/srv/sealing-key.json"));
    file("/srv/boathook.yaml", "port: 1\n");
    assertThat(load().publicAddress().port()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BOATHOOK_PORT|x|BOATHOOK_PORT: 'x' is not a port from 0 to 65535",
        "BOATHOOK_PORT|65536|BOATHOOK_PORT: '65536' is not a port from 0 to 65535",
        "BOATHOOK_PORT|-1|BOATHOOK_PORT: '-1' is not a port from 0 to 65535",
        "BOATHOOK_PORT|tcp://10.0.0.1:8080|BOATHOOK_PORT: 'tcp://10.0.0.1:8080' is not a port from"
            + " 0 to 65535 (set by Kubernetes: use enableServiceLinks: false)",
        "BOATHOOK_HOST|a b|BOATHOOK_HOST: 'a b' is not an address or name of this machine",
        "BOATHOOK_ADMIN_PORT|8080|settings: the public and the private listener cannot both have"
            + " port 8080",
        "BOATHOOK_LOG_FORMAT|xml|BOATHOOK_LOG_FORMAT: 'xml' is neither text nor json",
        "BOATHOOK_ALLOW_NET|127.0.0.1|BOATHOOK_ALLOW_NET: '127.0.0.1' is not a range as 10.0.0.0/8:"
            + " not ADDRESS/PREFIX: 127.0.0.1",
        "BOATHOOK_PUBLIC_URL|hooks.example.com|BOATHOOK_PUBLIC_URL: 'hooks.example.com' is not a"
            + " URL to show: The URL must begin with http:// or https://.",
        "BOATHOOK_PUBLIC_URL|https://a/?b|BOATHOOK_PUBLIC_URL: 'https://a/?b' ends with a slash or"
            + " has a query",
        "BOATHOOK_ADMIN_KEY|do-not-show-this-secret|BOATHOOK_ADMIN_KEY: the value is not 32 to 200"
            + " visible ASCII characters",
        "BOATHOOK_DATABASE_URL|mysql://do-not-show-this-secret|BOATHOOK_DATABASE_URL: the value"
            + " begins with none of postgresql://, postgres:// and jdbc:postgresql://",
        "BOATHOOK_DATABASE_USER|bob|BOATHOOK_DATABASE_USER: 'bob' needs database_url too",
        "BOATHOOK_DATABASE_PASSWORD|do-not-show-this-secret|BOATHOOK_DATABASE_PASSWORD: the value"
            + " needs database_url too",
        "BOATHOOK_CONFIG|/none.yaml|BOATHOOK_CONFIG: '/none.yaml' does not exist"
      })
  void a_wrong_variable_is_named_with_what_is_allowed(String name, String value, String message) {
    environment.put(name, value);

    assertThatThrownBy(this::load).isInstanceOf(InvalidConfiguration.class).hasMessage(message);
  }

  @Test
  void a_wrong_flag_is_named_as_it_was_typed() {
    flags.put(Setting.ADMIN_PORT, List.of("many"));

    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("--admin-port: 'many' is not a port from 0 to 65535");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ports: 1|:1: no key 'ports'; there are admin_host, admin_key, admin_port,"
            + " admin_tls_certificate, admin_tls_key, allow_net, data, database_password,"
            + " database_url, database_user, endpoints, host, key_file, log_format, port,"
            + " public_url, sources, tls_certificate, tls_key, trusted_proxy",
        "config: x|:1: no key 'config'; there are admin_host, admin_key, admin_port,"
            + " admin_tls_certificate, admin_tls_key, allow_net, data, database_password,"
            + " database_url, database_user, endpoints, host, key_file, log_format, port,"
            + " public_url, sources, tls_certificate, tls_key, trusted_proxy",
        "port: 1;port: 2|:2: 'port' stands here again; it stands in line 1",
        "host: a;port: x|:2: port: 'x' is not a port from 0 to 65535",
        "port: [1]|:1: port: is a list and must be a text or number",
        "port: {a: 1}|:1: port: is a map and must be a text or number",
        "port:|:1: port: has no value",
        "port: null|:1: port: has no value",
        "allow_net: 10.0.0.0/8|:1: allow_net: is not a list",
        "allow_net: [10.0.0.0]|:1: allow_net: '10.0.0.0' is not a range as 10.0.0.0/8: not"
            + " ADDRESS/PREFIX: 10.0.0.0",
        "[1]|:1: the file: is not a map of keys and values",
        "port: 1;---;port: 2|:3: a second document begins here; settings are one",
        "allow_net: &a [10.0.0.0/8]|:1: anchors (&) and aliases (*) are not supported",
        "port: *a|:1: anchors (&) and aliases (*) are not supported",
        "port: !!int 1|:1: tags (!) are not supported",
        "admin_key: @file|:1: is not YAML: while scanning for the next token, found character '@'"
            + " that cannot start any token; put a text that begins with @ in quotes",
        "admin_key: \"do-not-show-this-secret|:1: is not YAML: while scanning a quoted scalar,"
            + " found unexpected end of stream",
        "port: 1: 2|:1: is not YAML: mapping values are not allowed here",
        "port: [[[[[[[[[1]]]]]]]]]|: is nested deeper than 8 levels, or one of its texts is too"
            + " long",
        "admin_key: \"@none\"|:1: admin_key: none does not exist",
        "admin_key: ${NONE}|:1: admin_key: the environment has no variable 'NONE'",
        "admin_key: do-not-show-this-secret|:1: admin_key: the value is not 32 to 200 visible ASCII"
            + " characters",
        "sources: payments|:1: sources: is not a list",
        "sources: [payments]|:1: a source: is not a map of keys and values",
        "sources: [{name: a}]|:1: a source: has no provider",
        "sources: [{nam: a}]|:1: no key 'nam'; there are allowed_nets,"
            + " client_certificates, name, ordering_key, provider, public_url, reply_endpoint,"
            + " reply_fallback, secrets, sequence, settings",
        "sources:; - name: a;   provider: github;   secrets: [a];   ordering_key: id|:5:"
            + " ordering_key: is not header:NAME, json:/pointer, form:FIELD or query:NAME of at"
            + " most 512 characters",
        "sources:; - name: a;   provider: github;   secrets: [a];   sequence: {at: json:/n}|:5:"
            + " sequence: has no kind",
        "sources:; - name: a;   provider: github;   secrets: [a];   sequence: {kind: size, at:"
            + " json:/n}|:5: kind: is number, version or time",
        "sources:; - name: a;   provider: github;   secrets: [a];   sequence: {kind: time, at:"
            + " json:/n, max_held: 1}|:5: max_held: is only for kind number: nothing waits by"
            + " another",
        "sources:; - name: a;   provider: github;   secrets: [a];   sequence: {kind: number, at:"
            + " json:/n, wait_seconds: 86401}|:5: sequence: wait_seconds is 1 to 86400",
        "sources:; - name: a;   provider: github;   secrets: [a];   sequence: {kind: number, at:"
            + " json:/n, starts_at: 9223372036854775808}|:5: starts_at: is a whole number up to"
            + " 9223372036854775807",
        "sources:; - name: a;   provider: github;   secrets: [a];   public_url: hooks|:5:"
            + " public_url: is an http or https URL as it is registered at the provider, without"
            + " user and fragment, of at most 2048 characters",
        "sources:; - name: a;   provider: github;   secrets: [a];   allowed_nets: [10.0.0.1]|:5:"
            + " allowed_nets: not ADDRESS/PREFIX: 10.0.0.1",
        "sources:; - name: a;   provider: github;   secrets: [a];   client_certificates: {ca:"
            + " x}|:5: client_certificates: ca holds a certificate that cannot be read",
        "sources:; - name: a;   provider: github;   secrets: [a];   client_certificates:"
            + " {}|:5: client_certificates: needs fingerprints in sha256, or authorities in ca",
        "sources:; - name: a;   provider: github;   secrets: [a];   reply_fallback: {status: 2}|:5:"
            + " status: is not an HTTP status",
        "tls_certificate: chain.pem|:1: tls_certificate: 'chain.pem' needs tls_key too",
        "admin_tls_key: key.pem|:1: admin_tls_key: 'key.pem' needs admin_tls_certificate too",
        "sources:; - name: a;   provider: xeno;   secrets: [a]|:3: provider: no provider 'xeno';"
            + " those with 'x' are xero",
        "sources:; - name: a;   provider: stripe;   secrets: []|:4: secrets: there is no secret",
        "sources:; - name: a;   provider: stripe;   secrets: x|:4: secrets: is not a list",
        "sources:; - name: a;   provider: standard-webhooks;   secrets: [whsec_do-not!]|:4:"
            + " secrets: secret 1 is not 'whsec_' and base64",
        "sources:; - name: a;   provider: hmac;   secrets: [a]|:3: settings: hmac needs the setting"
            + " 'header': the header with the signature",
        "sources:; - name: a;   provider: hmac;   secrets: [a];   settings: {header: X, size:"
            + " 1}|:5: settings: hmac has no setting 'size'",
        "sources:; - name: '';   provider: stripe;   secrets: [a]|:2: a source: a name has 1 to 100"
            + " characters and no control character",
        "sources: [{name: a, provider: github, secrets: [a]}, {name: a, provider: github, secrets:"
            + " [b]}]|:1: name: another source is called 'a'",
        "endpoints: [{name: a}]|:1: an endpoint: has no url",
        "endpoints: [{name: a, url: ftp://x}]|:1: url: The URL must begin with http:// or"
            + " https://.",
        "endpoints: [{name: a, url: http://x, sources: []}]|:1: sources: is empty; without this key"
            + " an endpoint gets the events of every source",
        "endpoints: [{name: a, url: http://x, types: []}]|:1: an endpoint: there is no type"
            + " pattern; '*' is for every type",
        "endpoints: [{name: a, url: http://x, types: [a*b*c*d*e*f*g*h*i*j]}]|:1: types: a type"
            + " pattern has at most 8 wildcards: a*b*c*d*e*f*g*h*i*j",
        "endpoints:; - name: a;   url: http://x;   order: fifo|:4: order: is one of unordered,"
            + " block, skip, latest",
        "endpoints:; - name: a;   url: http://x;   order: []|:4: order: is a list and must be a"
            + " text or number",
        "endpoints:; - name: a;   url: http://x;   retry_schedule_seconds: 5|:4:"
            + " retry_schedule_seconds: is not a list",
        "endpoints:; - name: a;   url: http://x;   retry_schedule_seconds: []|:4:"
            + " retry_schedule_seconds: a retry schedule has 1 to 50 tries",
        "endpoints:; - name: a;   url: http://x;   retry_schedule_seconds: [5m]|:4:"
            + " retry_schedule_seconds: is a list of seconds with at most three decimals",
        "endpoints:; - name: a;   url: http://x;   retry_schedule_seconds: [604801]|:4:"
            + " retry_schedule_seconds: a wait in a retry schedule is 0 to 604800 seconds",
        "endpoints:; - name: a;   url: http://x;   final_statuses: [200]|:4: final_statuses: a"
            + " status is 300 to 599, or 3xx, 4xx or 5xx",
        "endpoints:; - name: a;   url: http://x;   max_in_flight: many|:4: max_in_flight: is a"
            + " whole number",
        "endpoints:; - name: a;   url: http://x;   max_in_flight: 257|:2: an endpoint:"
            + " max_in_flight is 1 to 256",
        "endpoints:; - name: a;   url: http://x;   rate_per_second: 0|:4: rate_per_second: a rate"
            + " is 0.001 to 10000.0 a second",
        "endpoints:; - name: a;   url: http://x;   rate_per_second: 1e3|:4: rate_per_second: is a"
            + " number with at most nine decimals",
        "endpoints:; - name: a;   url: http://x;   rate_per_second: 5;   rate_burst: 0|:5:"
            + " rate_burst: a burst is 1 to 10000",
        "endpoints:; - name: a;   url: http://x;   rate_burst: 5|:4: rate_burst: needs"
            + " rate_per_second",
        "endpoints:; - name: a;   url: http://x;   secret: do-not-show-this-secret|:4: secret: is"
            + " not 'whsec_' and the base64 of 24 to 64 bytes",
        "endpoints:; - name: a;   url: http://x;   allowed_nets: [10.0.0.1]|:4: allowed_nets: not"
            + " ADDRESS/PREFIX: 10.0.0.1",
        "endpoints:; - name: a;   url: http://x;   orders: x|:4: no key 'orders'; there are"
            + " allowed_nets, final_statuses, max_in_flight, name, order, rate_burst,"
            + " rate_per_second, retry_schedule_seconds, secret, sources, types, url",
        "endpoints: [{name: a, url: http://x}, {name: a, url: http://x}]|:1: name: another endpoint"
            + " is called 'a'"
      })
  void a_wrong_file_is_named_with_line_key_and_what_is_allowed(String yaml, String message) {
    environment.put("BOATHOOK_CONFIG", "b.yaml");
    file("b.yaml", yaml.replace(";", "\n"));

    assertThatThrownBy(this::load)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("b.yaml" + message)
        .message()
        .doesNotContain(SECRET);
  }

  @Test
  void the_file_of_the_data_folder_cannot_move_the_data_folder() {
    file("boathook-data/boathook.yaml", "data: elsewhere\n");

    assertThatThrownBy(this::load)
        .hasMessageStartingWith("boathook-data/boathook.yaml:1: data: 'elsewhere' cannot stand in");
  }

  @Test
  void a_file_that_may_not_be_read_is_an_error_even_if_nobody_named_it() {
    SettingsLoader loader =
        new SettingsLoader(
            Map.of(),
            (file, _) -> {
              throw new AccessDeniedException(file.toString());
            });

    assertThatThrownBy(() -> loader.load(Map.of()))
        .hasMessage("boathook-data/boathook.yaml: may not be read by this user");
  }

  @ParameterizedTest
  @ValueSource(ints = {SettingsLoader.MAX_FILE_BYTES, SettingsLoader.MAX_FILE_BYTES + 1})
  void a_file_has_at_most_a_mebibyte(int bytes) {
    file("boathook-data/boathook.yaml", "#".repeat(bytes));

    if (bytes == SettingsLoader.MAX_FILE_BYTES) {
      assertThat(load().publicAddress()).isEqualTo(Settings.DEFAULT_PUBLIC);
    } else {
      assertThatThrownBy(this::load)
          .hasMessage("boathook-data/boathook.yaml: holds more than 1048576 bytes");
    }
  }

  @Test
  void no_secret_is_in_the_text_of_settings() {
    environment.put("BOATHOOK_DATABASE_URL", "postgres://u:" + SECRET + "@h/d?application_name=x");
    file(
        "boathook-data/boathook.yaml",
        "sources: [{name: a, provider: github, secrets: [" + SECRET + "]}]");

    Settings settings = load();

    assertThat(settings.databasePassword()).contains(SECRET);
    assertThat(settings + " " + settings.sources()).doesNotContain(SECRET);

    file(
        "boathook-data/boathook.yaml",
        "endpoints: [{name: a, url: http://x, secret: " + SIGNING_SECRET + "}]");
    assertThat(load().endpoints().getFirst().secret()).contains(SIGNING_SECRET);
    assertThat(load().endpoints().toString()).doesNotContain(SIGNING_SECRET);
  }

  private Settings load() {
    return new SettingsLoader(environment, this::read).load(flags);
  }

  private void file(String name, String text) {
    files.put(Path.of(name), text);
  }

  private byte[] read(Path file, int maxBytes) throws IOException {
    String text = files.get(file);
    if (text == null) {
      throw new NoSuchFileException(file.toString());
    }
    return FileReader.limited(new ByteArrayInputStream(text.getBytes(UTF_8)), maxBytes);
  }
}
