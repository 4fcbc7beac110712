-- Keeps bodies that came with the keys of events of other bodies, up to a limit an event, and answers
-- the events whose last place was taken now. What is kept already takes no place again. Nodes that
-- write at the same instant may together exceed the limit; in order, so that they cannot deadlock.
WITH offered AS MATERIALIZED (
  SELECT conflict.*,
    row_number() OVER (PARTITION BY event_id ORDER BY number) + (
      SELECT count(*) FROM duplicate_conflict kept
      WHERE kept.project_id = ? AND kept.event_id = conflict.event_id) AS place
  FROM unnest(?::uuid[], ?::bytea[], ?::text[], ?::text[], ?::bytea[])
    WITH ORDINALITY AS conflict(event_id, body_hash, content_type, headers, body, number)
  WHERE NOT EXISTS (
    SELECT FROM duplicate_conflict kept
    WHERE kept.project_id = ? AND kept.event_id = conflict.event_id
      AND kept.body_hash = conflict.body_hash)
), kept AS (
  INSERT INTO duplicate_conflict (
    project_id, event_id, body_hash, seen_at, content_type, headers, body)
  SELECT ?, event_id, body_hash, ?::timestamptz, content_type, headers, body
  FROM offered WHERE place <= ?
  ORDER BY event_id, body_hash
  ON CONFLICT DO NOTHING
)
SELECT event_id FROM offered WHERE place = ?
