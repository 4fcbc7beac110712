package dev.boathook.key;

import dev.boathook.store.Sql;
import dev.boathook.store.StoreException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/**
 * Refuses a sealing key that is not the one which sealed this database: with another key, every
 * secret would be lost one by one.
 */
public final class KeyCheck {
  private static final String FIND = Sql.of(KeyCheck.class, "key_check");
  private static final String INSERT = Sql.of(KeyCheck.class, "insert_key_check");
  private static final UUID ROW = new UUID(0, 0);
  private static final String COLUMN = "instance.key_check";

  private KeyCheck() {}

  /**
   * Refuses to make a new key for a database that another one has sealed.
   *
   * @throws StoreException with code {@code sealing_key} when there is such a database
   */
  public static void refuseIfNoted(Jdbi jdbi, Path missing) throws StoreException {
    if (noted(jdbi).isPresent()) {
      throw new StoreException(
          "sealing_key",
          "the sealing key "
              + missing
              + " is missing, and with it the secrets in this database;"
              + " put it back, or say where it is (--key-file)");
    }
  }

  private static Optional<byte[]> noted(Jdbi jdbi) {
    return jdbi.withHandle(handle -> handle.createQuery(FIND).mapTo(byte[].class).findOne());
  }

  /**
   * Compares, or notes the key if the database is new.
   *
   * @throws StoreException with code {@code sealing_key} when it is another key
   */
  public static void check(Jdbi jdbi, Sealer sealer) throws StoreException {
    jdbi.useHandle(handle ->
        handle.createUpdate(INSERT).bind("check", sealer.seal("boathook", ROW, COLUMN)).execute());
    try {
      sealer.open(noted(jdbi).orElseThrow(), ROW, COLUMN);
    } catch (Sealer.WrongKeyException e) {
      throw new StoreException(
          "sealing_key",
          "the secrets in this database were sealed with another key; start with the key file that"
              + " belongs to it (--key-file)",
          e);
    }
  }
}
