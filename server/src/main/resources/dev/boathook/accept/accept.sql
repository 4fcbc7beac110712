-- A batch of one project's events with their deliveries, in one statement and so in one commit.
-- Nothing is written unless the directory is still the one they were routed by; FOR SHARE keeps it so
-- until the commit. Of events with a known dedupe key nothing is written either; a key whose window
-- has ended is taken over. What goes into a lane gets its place there under the lock of the lane's row,
-- so that places rise in the order of the commits. Answers the directory's version with the ids of the events that are fresh, and
-- the lanes that something was put into.
WITH guard AS MATERIALIZED (
  SELECT directory_version FROM project WHERE project_id = ? FOR SHARE
), offered AS MATERIALIZED (
  SELECT event.*
  FROM guard, unnest(
    ?::uuid[], ?::text[], ?::uuid[], ?::text[], ?::bytea[], ?::text[]::timestamptz[], ?::text[],
    ?::text[], ?::text[], ?::text[]::timestamptz[], ?::text[]::timestamptz[], ?::boolean[], ?::int[], ?::text[], ?::text[],
    ?::bytea[])
  AS event(event_id, origin_kind, origin_id, dedupe_key, body_hash, expires_at, type, ordering_key,
    external_id, accepted_at, occurred_at, verified, matched, content_type, headers, body)
  WHERE guard.directory_version = ?
), first_seen AS (
  INSERT INTO dedupe (
    project_id, origin_id, dedupe_key, event_id, body_hash, first_seen, expires_at)
  SELECT ?, origin_id, dedupe_key, event_id, body_hash, accepted_at, expires_at
  FROM offered WHERE dedupe_key IS NOT NULL
  ON CONFLICT (project_id, origin_id, dedupe_key) DO UPDATE SET
    event_id = excluded.event_id, body_hash = excluded.body_hash,
    first_seen = excluded.first_seen, expires_at = excluded.expires_at
  WHERE dedupe.expires_at <= excluded.first_seen
  RETURNING event_id
), fresh AS MATERIALIZED (
  SELECT event_id FROM first_seen
  UNION ALL
  SELECT event_id FROM offered WHERE dedupe_key IS NULL
), events AS (
  INSERT INTO event (
    project_id, event_id, origin_kind, origin_id, type, ordering_key, external_id, accepted_at,
    occurred_at, verified, matched, content_type, headers, body)
  SELECT
    ?, event_id, origin_kind, origin_id, type, ordering_key, external_id, accepted_at, occurred_at,
    verified, matched, content_type, headers, body
  FROM offered JOIN fresh USING (event_id)
), wanted AS MATERIALIZED (
  SELECT delivery.*
  FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::text[]::timestamptz[], ?::boolean[])
    AS delivery(delivery_id, event_id, endpoint_id, ordering_key, due_at, in_lane)
  JOIN fresh USING (event_id)
), lanes AS (
  INSERT INTO lane (project_id, endpoint_id, ordering_key, last_seq, done_seq, due_at)
  SELECT ?, endpoint_id, ordering_key, count(*), 0, min(due_at)
  FROM wanted WHERE in_lane
  GROUP BY endpoint_id, ordering_key
  ORDER BY endpoint_id, ordering_key
  ON CONFLICT (project_id, endpoint_id, ordering_key) DO UPDATE SET
    last_seq = lane.last_seq + excluded.last_seq,
    due_at = CASE
      WHEN lane.done_seq = lane.last_seq THEN excluded.due_at
      WHEN lane.endpoint_id = ANY (?::uuid[]) THEN least(lane.due_at, excluded.due_at)
      ELSE lane.due_at END
  RETURNING endpoint_id, ordering_key, last_seq, done_seq, halted_at
), loose AS (
  INSERT INTO delivery (
    project_id, delivery_id, event_id, endpoint_id, ordering_key, state, attempts, due_at)
  SELECT ?, delivery_id, event_id, endpoint_id, ordering_key, 'waiting', 0, due_at
  FROM wanted WHERE NOT in_lane
), queued AS (
  INSERT INTO delivery (
    project_id, delivery_id, event_id, endpoint_id, ordering_key, state, attempts, due_at, lane_seq)
  SELECT
    ?, delivery_id, event_id, endpoint_id, ordering_key, 'waiting', 0, due_at,
    lanes.last_seq + 1 - row_number() OVER (
      PARTITION BY endpoint_id, ordering_key ORDER BY delivery_id DESC)
  FROM wanted JOIN lanes USING (endpoint_id, ordering_key)
  WHERE in_lane
)
SELECT guard.directory_version, fresh.event_id, NULL::uuid, NULL, NULL::bigint, NULL::bigint,
  NULL::boolean
FROM guard LEFT JOIN fresh ON true
UNION ALL
SELECT NULL, NULL, endpoint_id, ordering_key, last_seq, done_seq, halted_at IS NOT NULL FROM lanes
