package dev.boathook.config;

import java.util.Locale;
import java.util.Optional;

/**
 * A setting with one value. Its names follow from its key: {@code admin_port} in the YAML file is
 * {@code --admin-port} on the command line and {@code BOATHOOK_ADMIN_PORT} in the environment.
 */
public enum Setting {
  /** The YAML file. */
  CONFIG("FILE", "boathook.yaml in the data folder, if there", "settings in YAML"),
  /** The data folder. */
  DATA("DIR", "boathook-data", "the folder of the embedded PostgreSQL and of the keys"),
  /** The public listener's address. */
  HOST("ADDRESS", "0.0.0.0", "the address of the public listener"),
  /** The public listener's port. */
  PORT("N", "8080", "the port of the public listener; 0 for a free one"),
  /** The admin listener's address. */
  ADMIN_HOST("ADDRESS", "127.0.0.1", "the address of the private listener"),
  /** The admin listener's port. */
  ADMIN_PORT("N", "8081", "the port of the private listener; 0 for a free one"),
  /** The URL under which the world reaches the public listener. */
  PUBLIC_URL("URL", "none", "what the public listener is called from outside"),
  /** A PostgreSQL of the operator's own. */
  DATABASE_URL("URL", "none: embedded", "a PostgreSQL of your own, 15 or newer"),
  /** The role in that database. */
  DATABASE_USER("NAME", "none", "its role, unless the URL names it"),
  /** The role's password. */
  DATABASE_PASSWORD("PASSWORD", "none", "its password, unless the URL names it"),
  /** Private networks that endpoints may be in. */
  ALLOW_NET("CIDR", "none", "private addresses that endpoints may have"),
  /** Proxies whose word is taken for who the caller is. */
  TRUSTED_PROXY("CIDR", "none", "proxies that are believed who a caller is"),
  /** The public listener's certificate. */
  TLS_CERTIFICATE("FILE", "none: plain HTTP", "the public listener's certificate chain, PEM"),
  /** The public listener's key. */
  TLS_KEY("FILE", "none", "its private key, PKCS #8 in PEM"),
  /** The admin listener's certificate. */
  ADMIN_TLS_CERTIFICATE(
      "FILE", "none: plain HTTP", "the private listener's certificate chain, PEM"),
  /** The admin listener's key. */
  ADMIN_TLS_KEY("FILE", "none", "its private key, PKCS #8 in PEM"),
  /** The sealing key. */
  KEY_FILE("FILE", "sealing-key.json in the data folder", "the key that seals secrets"),
  /** The first API key. */
  ADMIN_KEY("KEY", "made and printed once", "the first API key, 32 to 200 characters"),
  /** How log lines look. */
  LOG_FORMAT("FORMAT", "text", "text or json");

  private final String valueName;
  private final String defaultText;
  private final String description;

  Setting(String valueName, String defaultText, String description) {
    this.valueName = valueName;
    this.defaultText = defaultText;
    this.description = description;
  }

  /** The key in the YAML file. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The variable in the environment. */
  public String environment() {
    return "BOATHOOK_" + name();
  }

  /**
   * The flag on the command line. A key and a password have none, since every user of a machine
   * sees the command lines of all.
   */
  public Optional<String> flag() {
    return this == ADMIN_KEY || this == DATABASE_PASSWORD
        ? Optional.empty()
        : Optional.of("--" + key().replace('_', '-'));
  }

  /** Whether it may hold a secret, so that it is never shown and may point to one. */
  boolean isSecret() {
    return this == ADMIN_KEY || this == DATABASE_PASSWORD || this == DATABASE_URL;
  }

  /** Whether it may be given more than once. */
  public boolean isList() {
    return this == ALLOW_NET || this == TRUSTED_PROXY;
  }

  /** What stands for its value in help. */
  public String valueName() {
    return valueName;
  }

  /** What it is when nobody says so. */
  public String defaultText() {
    return defaultText;
  }

  /** What it is for. */
  public String description() {
    return description;
  }
}
