/**
 * Settings: what a server is to do, from the command line, the environment and a YAML file. Nothing
 * here asks the machine; environment and files are handed in.
 */
@org.jspecify.annotations.NullMarked
package dev.boathook.config;
