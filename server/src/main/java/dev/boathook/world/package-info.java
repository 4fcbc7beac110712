/**
 * Time, chance and ids: the only package that may ask the machine for them, so that everything else
 * can be run in any time and repeated from a seed.
 */
@org.jspecify.annotations.NullMarked
package dev.boathook.world;
