package dev.boathook.route;

import dev.boathook.store.Sql;
import dev.boathook.world.World;
import org.jdbi.v3.core.Jdbi;

/** The projects in the database. */
public final class Projects {
  /** The project that every new database has. */
  public static final String FIRST = "default";

  private static final String INSERT = Sql.of(Projects.class, "insert_project");

  private Projects() {}

  /** Makes a project of this name unless there is one. */
  public static void add(Jdbi jdbi, World world, String name) {
    jdbi.useHandle(handle ->
        handle
            .createUpdate(INSERT)
            .bind("project", world.ids().next())
            .bind("name", name)
            .bind("now", world.clock().instant())
            .execute());
  }
}
