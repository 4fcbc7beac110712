-- Every primary key and unique index of what belongs to a project begins with project_id: projects
-- share nothing, and on the day that one primary is not enough the same tables can be distributed by
-- that column.
-- Ids are UUIDv7 made by Boathook, so they rise with time and can be partition keys.

CREATE TABLE instance (
  only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  key_check bytea NOT NULL
);
COMMENT ON COLUMN instance.key_check IS
  'A known text under the sealing key: a server with another key is refused at start.';

CREATE TABLE project (
  project_id        uuid PRIMARY KEY,
  name              text NOT NULL UNIQUE,
  directory_version bigint NOT NULL DEFAULT 0,
  created_at        timestamptz NOT NULL
);
COMMENT ON COLUMN project.directory_version IS
  'Rises with every change of a source, consumer, endpoint or key. Accepting locks the row FOR SHARE '
  'and checks it, so that no event is ever routed by an outdated directory.';

CREATE TABLE api_key (
  project_id  uuid NOT NULL REFERENCES project,
  key_id      uuid NOT NULL,
  name        text NOT NULL,
  secret_hash bytea NOT NULL,
  hint        text NOT NULL,
  scopes      text[] NOT NULL,
  created_at  timestamptz NOT NULL,
  revoked_at  timestamptz,
  version     bigint NOT NULL,
  PRIMARY KEY (project_id, key_id)
);
CREATE UNIQUE INDEX api_key_secret ON api_key (project_id, secret_hash) WHERE revoked_at IS NULL;

CREATE TABLE source (
  project_id            uuid NOT NULL REFERENCES project,
  source_id             uuid NOT NULL,
  name                  text NOT NULL,
  provider              text NOT NULL,
  settings              text NOT NULL,
  token_hash            bytea NOT NULL,
  token_sealed          bytea NOT NULL,
  secrets_sealed        bytea NOT NULL,
  dedupe_window_seconds bigint NOT NULL,
  max_body_bytes        integer NOT NULL,
  enabled               boolean NOT NULL,
  created_at            timestamptz NOT NULL,
  updated_at            timestamptz NOT NULL,
  deleted_at            timestamptz,
  version               bigint NOT NULL,
  PRIMARY KEY (project_id, source_id),
  UNIQUE (project_id, token_hash)
);
CREATE UNIQUE INDEX source_name ON source (project_id, name) WHERE deleted_at IS NULL;
COMMENT ON COLUMN source.settings IS 'JSON object of the provider''s settings.';

CREATE TABLE consumer (
  project_id uuid NOT NULL REFERENCES project,
  consumer_id uuid NOT NULL,
  name       text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  version    bigint NOT NULL,
  PRIMARY KEY (project_id, consumer_id)
);
CREATE UNIQUE INDEX consumer_name ON consumer (project_id, name) WHERE deleted_at IS NULL;

CREATE TABLE endpoint (
  project_id            uuid NOT NULL REFERENCES project,
  endpoint_id           uuid NOT NULL,
  consumer_id           uuid,
  name                  text,
  url                   text NOT NULL,
  source_ids            uuid[],
  types                 text[] NOT NULL,
  secrets_sealed        bytea NOT NULL,
  retry_schedule_millis bigint[] NOT NULL,
  timeout_millis        integer NOT NULL,
  max_in_flight         integer NOT NULL,
  allowed_nets          text[] NOT NULL,
  status                text NOT NULL CHECK (status IN ('active', 'paused', 'disabled')),
  status_reason         text,
  created_at            timestamptz NOT NULL,
  updated_at            timestamptz NOT NULL,
  deleted_at            timestamptz,
  version               bigint NOT NULL,
  PRIMARY KEY (project_id, endpoint_id)
);
CREATE UNIQUE INDEX endpoint_name ON endpoint (project_id, consumer_id, name)
  NULLS NOT DISTINCT WHERE deleted_at IS NULL AND name IS NOT NULL;
COMMENT ON COLUMN endpoint.source_ids IS 'Null: every source.';

CREATE TABLE dedupe (
  project_id uuid NOT NULL,
  origin_id  uuid NOT NULL,
  dedupe_key text NOT NULL,
  event_id   uuid NOT NULL,
  body_hash  bytea NOT NULL,
  first_seen timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, origin_id, dedupe_key)
);
-- Not a block range index: deleted rows' places are taken by new ones, after which every range holds
-- old and new, and looking for the expired reads the whole table.
CREATE INDEX dedupe_expiry ON dedupe (expires_at);

CREATE TABLE duplicate_conflict (
  project_id   uuid NOT NULL,
  event_id     uuid NOT NULL,
  body_hash    bytea NOT NULL,
  seen_at      timestamptz NOT NULL,
  content_type text NOT NULL,
  headers      text NOT NULL,
  body         bytea NOT NULL,
  PRIMARY KEY (project_id, event_id, body_hash)
);
COMMENT ON TABLE duplicate_conflict IS
  'Verified requests that carried the key of an earlier event but another body: answered as duplicates, kept for a look.';

CREATE TABLE event (
  project_id   uuid NOT NULL,
  event_id     uuid NOT NULL,
  origin_kind  text NOT NULL CHECK (origin_kind IN ('source', 'consumer')),
  origin_id    uuid NOT NULL,
  type         text NOT NULL,
  ordering_key text,
  external_id  text,
  accepted_at  timestamptz NOT NULL,
  occurred_at  timestamptz,
  verified     boolean NOT NULL,
  matched      integer NOT NULL,
  content_type text NOT NULL,
  headers      text NOT NULL,
  body         bytea NOT NULL,
  PRIMARY KEY (project_id, event_id)
) PARTITION BY RANGE (event_id);
CREATE INDEX event_by_origin ON event (project_id, origin_id, event_id);
COMMENT ON COLUMN event.matched IS
  'How many endpoints wanted it when it was accepted: one side of the accounting, the deliveries are the other.';

CREATE TABLE delivery (
  project_id   uuid NOT NULL,
  delivery_id  uuid NOT NULL,
  event_id     uuid NOT NULL,
  endpoint_id  uuid NOT NULL,
  ordering_key text,
  state        text NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead', 'cancelled')),
  attempts     integer NOT NULL,
  due_at       timestamptz NOT NULL,
  finished_at  timestamptz,
  last_outcome text,
  last_status  integer,
  replay_of    uuid,
  PRIMARY KEY (project_id, delivery_id)
) PARTITION BY RANGE (delivery_id);
CREATE INDEX delivery_due ON delivery (project_id, endpoint_id, due_at, delivery_id) WHERE state = 'waiting';
CREATE INDEX delivery_dead ON delivery (project_id, delivery_id) WHERE state = 'dead';
CREATE INDEX delivery_by_endpoint ON delivery (project_id, endpoint_id, delivery_id);
CREATE INDEX delivery_by_event ON delivery (project_id, event_id, delivery_id);

-- Keyed and partitioned by the delivery's id: one index serves uniqueness, look-up and retention.
CREATE TABLE attempt (
  project_id         uuid NOT NULL,
  delivery_id        uuid NOT NULL,
  number             integer NOT NULL,
  started_at         timestamptz NOT NULL,
  duration_micros    bigint NOT NULL,
  outcome            text NOT NULL,
  status             integer,
  detail             text NOT NULL,
  remote_address     text,
  request_headers    text NOT NULL,
  response_headers   text NOT NULL,
  response_body      bytea NOT NULL,
  response_truncated boolean NOT NULL,
  PRIMARY KEY (project_id, delivery_id, number)
) PARTITION BY RANGE (delivery_id);

-- The smallest UUIDv7 of a moment, RFC 9562 section 5.7: 48 bits of Unix milliseconds, the rest zero.
CREATE FUNCTION first_uuid_of(moment timestamptz) RETURNS uuid
  LANGUAGE sql IMMUTABLE STRICT
  RETURN (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

CREATE FUNCTION add_partition(parent text, day date) RETURNS void
  LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
    parent || '_' || to_char(day, 'YYYYMMDD'), parent,
    first_uuid_of(day::timestamp AT TIME ZONE 'UTC'),
    first_uuid_of((day + 1)::timestamp AT TIME ZONE 'UTC'));
END $$;
