/** Settings: from the command line, the environment and a YAML file. */
@org.jspecify.annotations.NullMarked
package dev.boathook.config;
