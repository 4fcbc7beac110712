package dev.boathook.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class TestingDatabaseTest {
  @Test
  void each_fresh_database_is_empty_and_writable() throws Exception {
    TestingDatabase one = TestingDatabase.freshDatabase();
    try (Connection connection = one.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE kept (id int PRIMARY KEY)");
    }
    TestingDatabase other = TestingDatabase.freshDatabase();
    assertThat(other.url()).isNotEqualTo(one.url());
    try (Connection connection = other.connect();
        Statement statement = connection.createStatement();
        ResultSet tables =
            statement.executeQuery("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) {
      assertThat(tables.next()).isTrue();
      assertThat(tables.getInt(1)).isZero();
    }
  }
}
