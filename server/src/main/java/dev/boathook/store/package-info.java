/** PostgreSQL: connections, migrations, SQL files, partitions. */
@org.jspecify.annotations.NullMarked
package dev.boathook.store;
