package dev.boathook.key;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.UUID;

/**
 * Seals secrets before they reach the database: AES-256-GCM by Tink, bound to the row they belong
 * to, so that a sealed value copied to another row does not open.
 */
public final class Sealer {
  private final Aead aead;

  private Sealer(Aead aead) {
    this.aead = aead;
  }

  /**
   * The sealer of a key file, which is made, readable by its owner alone, when there is none.
   *
   * @throws IOException when the file cannot be read, written or understood
   */
  public static Sealer ofKeyFile(Path file) throws IOException {
    try {
      AeadConfig.register();
      if (!Files.exists(file)) {
        create(file);
      }
      KeysetHandle keys =
          TinkJsonProtoKeysetFormat.parseKeyset(
              Files.readString(file), RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
      return new Sealer(keys.getPrimitive(RegistryConfiguration.get(), Aead.class));
    } catch (GeneralSecurityException e) {
      throw new IOException("the sealing key " + file + " is not a Tink AEAD keyset in JSON", e);
    }
  }

  private static void create(Path file) throws IOException, GeneralSecurityException {
    KeysetHandle keys =
        KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
    String json =
        TinkJsonProtoKeysetFormat.serializeKeyset(
            keys, RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      Files.createDirectories(directory);
    }
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Files.createFile(
        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(draft, json, StandardOpenOption.DSYNC);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    // Without this the name may be gone after a power cut, and with it every secret.
    try (FileChannel folder = FileChannel.open(draft.toAbsolutePath().getParent())) {
      folder.force(true);
    }
  }

  /** Seals a text for one row and column. */
  public byte[] seal(String secret, UUID row, String column) {
    try {
      return aead.encrypt(secret.getBytes(StandardCharsets.UTF_8), place(row, column));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed to seal", e);
    }
  }

  /**
   * Opens what {@link #seal} gave for the same row and column.
   *
   * @throws WrongKeyException when another key or another place sealed it
   */
  public String open(byte[] sealed, UUID row, String column) throws WrongKeyException {
    try {
      return new String(aead.decrypt(sealed, place(row, column)), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new WrongKeyException(e);
    }
  }

  private static byte[] place(UUID row, String column) {
    return (row + "/" + column).getBytes(StandardCharsets.UTF_8);
  }

  /** A sealed value does not open with this key. */
  public static final class WrongKeyException extends Exception {
    WrongKeyException(Throwable cause) {
      super("sealed with another key, or for another place", cause);
    }
  }
}
