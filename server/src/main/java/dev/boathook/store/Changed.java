package dev.boathook.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of one configured thing since an earlier version.
 *
 * @param id its id
 * @param value how it is now; null when it was deleted
 */
public record Changed<T>(UUID id, @Nullable T value) {}
