-- What was decided about locked resources: how far they have come, what waits now, what does no longer,
-- and what never came.
WITH moved AS (
  UPDATE sequence_resource
  SET position = changed.position, held = changed.held, due_at = changed.due_at
  FROM unnest(?::uuid[], ?::bigint[], ?::text[], ?::bigint[], ?::int[], ?::text[]::timestamptz[])
    AS changed(source_id, series, resource, position, held, due_at)
  WHERE sequence_resource.project_id = ? AND sequence_resource.source_id = changed.source_id
    AND sequence_resource.series = changed.series AND sequence_resource.resource = changed.resource
), gone AS (
  DELETE FROM sequence_held
  USING unnest(?::uuid[], ?::bigint[], ?::text[], ?::bigint[], ?::uuid[])
    AS gone(source_id, series, resource, position, event_id)
  WHERE sequence_held.project_id = ? AND sequence_held.source_id = gone.source_id
    AND sequence_held.series = gone.series AND sequence_held.resource = gone.resource
    AND sequence_held.position = gone.position AND sequence_held.event_id = gone.event_id
), held AS (
  INSERT INTO sequence_held (
    project_id, source_id, series, resource, position, event_id, wait_until, late, delivery_ids,
    endpoint_ids)
  SELECT ?, source_id, series, resource, position, event_id, wait_until, late,
    string_to_array(delivery_ids, ',')::uuid[], string_to_array(endpoint_ids, ',')::uuid[]
  FROM unnest(
    ?::uuid[], ?::bigint[], ?::text[], ?::bigint[], ?::uuid[], ?::text[]::timestamptz[],
    ?::boolean[], ?::text[], ?::text[])
    AS held(source_id, series, resource, position, event_id, wait_until, late, delivery_ids,
      endpoint_ids)
)
INSERT INTO sequence_gap (
  project_id, gap_id, source_id, resource, first_missing, last_missing, cause, found_at)
SELECT ?, gap_id, source_id, resource, first_missing, last_missing, cause, ?::timestamptz
FROM unnest(?::uuid[], ?::uuid[], ?::text[], ?::bigint[], ?::bigint[], ?::text[])
  AS gap(gap_id, source_id, resource, first_missing, last_missing, cause)
