ALTER TABLE source
  ADD COLUMN ordering_key text,
  ADD COLUMN sequence     text;
COMMENT ON COLUMN source.ordering_key IS
  'The place where the ordering key of an event stands, as json:/data/id; null: where the provider has it.';
COMMENT ON COLUMN source.sequence IS
  'JSON object with kind, at, resource, starts_at, wait_seconds, max_held and late; null: its events have no sequence.';

ALTER TABLE event ADD COLUMN late boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN event.late IS
  'It came when a later one of its resource had been released already. Written in the transaction that accepts it.';

-- How far the events of one resource have come. The row is locked by whoever decides about one of them;
-- several rows are locked in the order of their keys.
CREATE TABLE sequence_resource (
  project_id uuid NOT NULL,
  source_id  uuid NOT NULL,
  series     bigint NOT NULL,
  resource   text NOT NULL,
  position   bigint,
  held       integer NOT NULL DEFAULT 0,
  due_at     timestamptz,
  seen_on    date NOT NULL,
  PRIMARY KEY (project_id, source_id, series, resource)
) WITH (fillfactor = 70);
CREATE INDEX sequence_due ON sequence_resource (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX sequence_idle ON sequence_resource (seen_on);
COMMENT ON COLUMN sequence_resource.series IS
  'A hash of where the source says that the positions stand: a rule that looks elsewhere begins anew.';
COMMENT ON COLUMN sequence_resource.resource IS 'Empty: what has no name.';
COMMENT ON COLUMN sequence_resource.position IS 'What is at or below it is late; null: nothing has come yet.';
COMMENT ON COLUMN sequence_resource.held IS 'How many rows of sequence_held it has.';
COMMENT ON COLUMN sequence_resource.due_at IS
  'When the first of the held events has waited long enough, by the database''s clock; null: none is held.';

-- Events that came ahead of their predecessors. Their deliveries are there, waiting, in no lane and due at
-- infinity.
CREATE TABLE sequence_held (
  project_id   uuid NOT NULL,
  source_id    uuid NOT NULL,
  series       bigint NOT NULL,
  resource     text NOT NULL,
  position     bigint NOT NULL,
  event_id     uuid NOT NULL,
  wait_until   timestamptz NOT NULL,
  late         boolean NOT NULL,
  delivery_ids uuid[] NOT NULL,
  endpoint_ids uuid[] NOT NULL,
  PRIMARY KEY (project_id, source_id, series, resource, position, event_id)
);
COMMENT ON COLUMN sequence_held.late IS 'Another event with its position came before it.';
COMMENT ON COLUMN sequence_held.endpoint_ids IS 'Whose the deliveries are, in their order.';

-- Positions that had not come when what follows them went on.
CREATE TABLE sequence_gap (
  project_id    uuid NOT NULL,
  gap_id        uuid NOT NULL,
  source_id     uuid NOT NULL,
  resource      text NOT NULL,
  first_missing bigint NOT NULL,
  last_missing  bigint NOT NULL,
  cause         text NOT NULL CHECK (cause IN ('time', 'count')),
  found_at      timestamptz NOT NULL,
  PRIMARY KEY (project_id, gap_id)
);
CREATE INDEX sequence_gap_by_source ON sequence_gap (project_id, source_id, gap_id);
CREATE INDEX sequence_gap_age ON sequence_gap (found_at);
