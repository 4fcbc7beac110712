-- A replay of many deliveries is a row that says what is wanted and how far it has come. It is worked
-- through in batches; the transaction that makes deliveries also moves the row on, so that a crash
-- neither loses nor doubles any.
CREATE TABLE replay (
  project_id      uuid NOT NULL REFERENCES project,
  replay_id       uuid NOT NULL,
  key_id          uuid NOT NULL,
  created_at      timestamptz NOT NULL,
  state           text NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'failed')),
  failure         text,
  finished_at     timestamptz,
  cancelled_by    uuid,
  choice          text NOT NULL,
  endpoint_id     uuid,
  origin_kind     text CHECK (origin_kind IN ('source', 'consumer')),
  origin_id       uuid,
  types           text[] NOT NULL,
  ordering_key    text,
  since           timestamptz,
  until           timestamptz,
  rate_per_second double precision,
  matched         bigint,
  made            bigint NOT NULL,
  passed          uuid NOT NULL,
  next_at         timestamptz NOT NULL,
  PRIMARY KEY (project_id, replay_id)
);
CREATE INDEX replay_running ON replay (project_id, replay_id) WHERE state = 'running';
COMMENT ON COLUMN replay.key_id IS 'The API key that asked for it.';
COMMENT ON COLUMN replay.types IS 'Patterns, of which one must match; empty: any type.';
COMMENT ON COLUMN replay.matched IS 'Counted before the beginning; null: too many to count.';
COMMENT ON COLUMN replay.passed IS
  'Every delivery (of missing ones: every event) up to this id has been looked at.';
COMMENT ON COLUMN replay.next_at IS 'When the next delivery may be due, by the rate.';

ALTER TABLE delivery ADD COLUMN replay_id uuid;
COMMENT ON COLUMN delivery.replay_id IS 'The replay of many that made it; null: none did.';
-- Most deliveries are in no replay, and cost this index nothing.
CREATE INDEX delivery_by_replay ON delivery (project_id, replay_id, delivery_id)
  WHERE replay_id IS NOT NULL;

CREATE VIEW shown_delivery AS
SELECT project_id, delivery_id, event_id, endpoint_id, ordering_key, state, attempts,
  nullif(due_at, 'infinity') AS due_at, finished_at, last_outcome, last_status, replay_of, replay_id,
  (
    SELECT later.delivery_id FROM delivery AS later
    WHERE later.project_id = delivery.project_id AND later.event_id = delivery.event_id
      AND later.delivery_id > delivery.delivery_id AND later.replay_of = delivery.delivery_id
    ORDER BY later.delivery_id DESC LIMIT 1
  ) AS replayed_by
FROM delivery;
COMMENT ON COLUMN shown_delivery.replayed_by IS 'The newest delivery that repeats it.';
