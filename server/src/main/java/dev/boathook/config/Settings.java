package dev.boathook.config;

import dev.boathook.outbound.Cidr;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a server is to run.
 *
 * @param data the data folder: the embedded store, the sealing key
 * @param publicAddress where the public listener is bound
 * @param adminAddress where the admin listener is bound
 * @param databaseUrl a PostgreSQL of the operator's own; empty for the embedded one
 * @param databaseUser its role, unless the URL names it
 * @param databasePassword its password, unless the URL names it
 * @param keyFile the sealing key; by default in the data folder
 * @param adminKey the first API key's secret, if the operator sets it
 * @param publicUrl what the public listener is called from outside, for the URLs that are shown
 * @param allowedNets private networks that endpoints may be in
 * @param logFormat text or json
 * @param sources sources to be made at start
 * @param endpoints the project's own endpoints to be made at start
 */
public record Settings(
    Path data,
    Address publicAddress,
    Address adminAddress,
    Optional<String> databaseUrl,
    Optional<String> databaseUser,
    Optional<String> databasePassword,
    Path keyFile,
    Optional<String> adminKey,
    Optional<String> publicUrl,
    List<Cidr> allowedNets,
    LogFormat logFormat,
    List<SourceSettings> sources,
    List<EndpointSettings> endpoints) {
  /** The data folder when none is given. */
  public static final Path DEFAULT_DATA = Path.of("boathook-data");

  /** The public listener when nothing else is said: every address, port 8080. */
  public static final Address DEFAULT_PUBLIC = new Address("0.0.0.0", 8080);

  /** The admin listener when nothing else is said: this machine only, port 8081. */
  public static final Address DEFAULT_ADMIN = new Address("127.0.0.1", 8081);

  /** Keeps copies. */
  public Settings {
    allowedNets = List.copyOf(allowedNets);
    sources = List.copyOf(sources);
    endpoints = List.copyOf(endpoints);
  }

  /**
   * Where a listener is bound.
   *
   * @param host an address or name of this machine
   * @param port 0 for a free one
   */
  public record Address(String host, int port) {
    /** Checks the port. */
    public Address {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
      }
    }
  }

  /** How log lines look. */
  public enum LogFormat {
    /** For people. */
    TEXT,
    /** One JSON object a line. */
    JSON
  }

  /**
   * A source in the YAML file.
   *
   * @param name unique; a source of this name is changed, not made twice
   * @param provider the provider's name
   * @param secrets the secrets, newest first
   * @param settings the provider's settings
   */
  public record SourceSettings(
      String name, String provider, List<String> secrets, Map<String, String> settings) {
    /** Keeps copies. */
    public SourceSettings {
      secrets = List.copyOf(secrets);
      settings = Map.copyOf(settings);
    }

    @Override
    public String toString() {
      return "SourceSettings[" + name + ", " + provider + "]";
    }
  }

  /**
   * An endpoint of the project's own in the YAML file.
   *
   * @param name unique; an endpoint of this name is changed, not made twice
   * @param url where events go
   * @param sources names of sources; empty for every one
   * @param types type patterns
   */
  public record EndpointSettings(
      String name, String url, List<String> sources, List<String> types) {
    /** Keeps copies. */
    public EndpointSettings {
      sources = List.copyOf(sources);
      types = List.copyOf(types);
    }
  }

  @Override
  public String toString() {
    return "Settings[data=" + data + ", public=" + publicAddress + ", admin=" + adminAddress + "]";
  }
}
