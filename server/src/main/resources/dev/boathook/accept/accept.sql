-- A batch of one project's events with their deliveries, in one statement and so in one commit.
-- Nothing is written unless the directory is still the one they were routed by; FOR SHARE keeps it so
-- until the commit. Of events with a known dedupe key nothing is written either; a key whose window
-- has ended is taken over. Answers the directory's version, and the ids of the events that are fresh.
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
), deliveries AS (
  INSERT INTO delivery (
    project_id, delivery_id, event_id, endpoint_id, ordering_key, state, attempts, due_at)
  SELECT
    ?, delivery.delivery_id, event_id, delivery.endpoint_id, delivery.ordering_key, 'waiting', 0,
    delivery.due_at
  FROM unnest(?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::text[]::timestamptz[])
    AS delivery(delivery_id, event_id, endpoint_id, ordering_key, due_at)
  JOIN fresh USING (event_id)
)
SELECT guard.directory_version, fresh.event_id FROM guard LEFT JOIN fresh ON true
