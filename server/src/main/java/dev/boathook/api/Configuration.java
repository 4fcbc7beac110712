package dev.boathook.api;

import dev.boathook.consumer.Consumers;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.key.ApiKeys;
import dev.boathook.route.Directory;
import dev.boathook.source.Sources;
import dev.boathook.store.ConfigChanges;

/**
 * What is configured, and the ways to change it.
 *
 * @param directory all of it, in memory
 * @param changes makes changes; must refresh the directory before it returns
 * @param sources the sources in the database
 * @param consumers the consumers in the database
 * @param endpoints the endpoints in the database
 * @param keys the API keys in the database
 */
public record Configuration(
    Directory directory,
    ConfigChanges changes,
    Sources sources,
    Consumers consumers,
    Endpoints endpoints,
    ApiKeys keys) {}
