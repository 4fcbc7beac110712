package dev.boathook.endpoint;

import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** What endpoints do to their lanes, for tests of other packages. */
public final class TestingEndpoints {
  private TestingEndpoints() {}

  /** Says anew when the lanes of an endpoint are due. */
  public static void restateLanes(Jdbi jdbi, UUID projectId, UUID endpointId) {
    LaneRestating.restate(jdbi, projectId, endpointId);
  }
}
