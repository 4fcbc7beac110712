-- Endpoints say how they want to be delivered to in one JSON object.
ALTER TABLE endpoint
  ADD COLUMN policy            text,
  ADD COLUMN security_sealed   bytea,
  ADD COLUMN resume_rate       double precision,
  ADD COLUMN resume_burst      integer;
UPDATE endpoint SET policy = json_build_object(
  'waits_millis', retry_schedule_millis, 'max_in_flight', max_in_flight)::text;
ALTER TABLE endpoint
  ALTER COLUMN policy SET NOT NULL,
  DROP COLUMN retry_schedule_millis,
  DROP COLUMN max_in_flight;
COMMENT ON COLUMN endpoint.policy IS
  'JSON object; what is not in it is as it is when nothing is said.';
COMMENT ON COLUMN endpoint.security_sealed IS
  'Sealed JSON object of what proves a request beside the signature; null: nothing does.';

ALTER TABLE consumer ADD COLUMN weight integer NOT NULL DEFAULT 1;

-- A lane is all that one endpoint gets with one ordering key. The row gives every delivery of the lane
-- its place, in the order of their commits, and says from where on there may be work.
CREATE TABLE lane (
  project_id   uuid NOT NULL,
  endpoint_id  uuid NOT NULL,
  ordering_key text NOT NULL,
  last_seq     bigint NOT NULL,
  done_seq     bigint NOT NULL,
  due_at       timestamptz NOT NULL,
  halted_at    timestamptz,
  halted_by    uuid,
  PRIMARY KEY (project_id, endpoint_id, ordering_key)
) WITH (fillfactor = 70);
CREATE INDEX lane_due ON lane (project_id, endpoint_id, due_at)
  WHERE done_seq < last_seq AND halted_at IS NULL;
CREATE INDEX lane_halted ON lane (project_id, endpoint_id, halted_at) WHERE halted_at IS NOT NULL;
COMMENT ON COLUMN lane.ordering_key IS 'Empty: the lane of the events without a key.';
COMMENT ON COLUMN lane.last_seq IS 'The place of the last delivery that was put into the lane.';
COMMENT ON COLUMN lane.done_seq IS
  'Every delivery up to this place has come to its end. The lane may have work while it is less than last_seq.';
COMMENT ON COLUMN lane.due_at IS 'When the first of the waiting deliveries is due.';
COMMENT ON COLUMN lane.halted_by IS 'The dead delivery behind which the lane halts.';

ALTER TABLE delivery ADD COLUMN lane_seq bigint;
COMMENT ON COLUMN delivery.lane_seq IS
  'The place in the lane of its endpoint and ordering key; null: it is in none.';
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (project_id, endpoint_id, due_at, delivery_id)
  WHERE state = 'waiting' AND lane_seq IS NULL;
CREATE INDEX delivery_lane ON delivery (project_id, endpoint_id, ordering_key, lane_seq)
  WHERE state = 'waiting' AND lane_seq IS NOT NULL;

-- Nodes and the shards that they hold, the same for all projects. A node's row is its lease; a shard is
-- held by whoever its row names, and every change of holder raises its epoch.
CREATE TABLE node (
  node_id    uuid PRIMARY KEY,
  nonce      uuid NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN node.node_id IS 'The same over restarts on one data folder.';
COMMENT ON COLUMN node.nonce IS 'New with every start, and whenever the lease was lost.';

CREATE TABLE shard (
  shard integer PRIMARY KEY,
  epoch bigint NOT NULL,
  nonce uuid
) WITH (fillfactor = 50);
INSERT INTO shard (shard, epoch) SELECT shard, 0 FROM generate_series(0, 255) AS shard;
COMMENT ON COLUMN shard.nonce IS 'The nonce of the node that holds it; null: nobody does.';

-- Since when an endpoint has done nothing but fail; no row: it has not.
CREATE TABLE endpoint_failing (
  project_id  uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  since       timestamptz NOT NULL,
  PRIMARY KEY (project_id, endpoint_id)
);
