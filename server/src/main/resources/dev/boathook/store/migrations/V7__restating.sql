ALTER TABLE endpoint ADD COLUMN restating boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN endpoint.restating IS
  'Its order begins at the other end of lanes than before, and not all of them have said anew when they are due.';
CREATE INDEX endpoint_restating ON endpoint (project_id, endpoint_id) WHERE restating;
