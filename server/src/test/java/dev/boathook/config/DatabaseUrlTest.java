package dev.boathook.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseUrlTest {
  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h:1/d?user=u&password=p, jdbc:postgresql://h:1/d?user=u&password=p,,",
    "postgres://h, jdbc:postgresql://h/,,",
    "postgresql://u@h/d, jdbc:postgresql://h/d, u,",
    "postgres://u:p@h/, jdbc:postgresql://h/u, u, p",
    "postgres://u%40x:p%3A%2F+@h:5433/d%20e, jdbc:postgresql://h:5433/d+e, u@x, p:/+",
    "postgres://u:p@q@h/d, jdbc:postgresql://h/d, u, p@q",
    "postgres://u:p@[::1]:5433/d, jdbc:postgresql://[::1]:5433/d, u, p",
    "'postgres://a:1,b:2/d', 'jdbc:postgresql://a:1,b:2/d',,",
    "postgres://h/d?sslmode=verify-full&sslrootcert=/etc/ca%20x.pem,"
        + " jdbc:postgresql://h/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fca+x.pem,,",
    "postgres://h/d?connect_timeout=3&channel_binding=require,"
        + " jdbc:postgresql://h/d?connectTimeout=3&channelBinding=require,,"
  })
  void both_forms_are_read(String url, String jdbcUrl, String user, String password) {
    assertThat(DatabaseUrl.parse(url))
        .isEqualTo(
            new DatabaseUrl(jdbcUrl, Optional.ofNullable(user), Optional.ofNullable(password)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "jdbc:postgresql://u:secret@h/d|holds a user before the host",
        "postgres://u:secret@/d|names no host",
        "postgres:///d|names no host",
        "postgres://u:secret%4@h/d|holds a % that two hexadecimal digits do not follow",
        "postgres://u:secret@h/d?password=secret|has a parameter that is none of application_name",
        "postgres://u:secret@h/d?sslmode|has a parameter that is none of",
        "postgres://u:sec ret@h/d|holds a space",
        "mysql://u:secret@h/d|begins with none of postgresql://",
      })
  void anything_else_is_refused_without_showing_it(String url, String message) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void a_password_is_not_in_its_text() {
    assertThat(DatabaseUrl.parse("postgres://u:secret@h/d").toString()).doesNotContain("secret");
  }
}
