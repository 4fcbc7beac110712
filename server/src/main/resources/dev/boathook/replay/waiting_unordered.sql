-- What waits for an endpoint in no lane, from a place in the queue on, with what the events are.
WITH candidate AS MATERIALIZED (
  SELECT delivery_id, event_id, due_at
  FROM delivery
  WHERE project_id = :project AND endpoint_id = :endpoint AND state = 'waiting' AND lane_seq IS NULL
    AND (due_at, delivery_id) > (:afterDue::timestamptz, :afterId)
  ORDER BY due_at, delivery_id LIMIT :limit
)
SELECT candidate.*, event.origin_kind, event.origin_id, event.type, event.ordering_key AS event_key
FROM candidate
LEFT JOIN event ON event.project_id = :project AND event.event_id = candidate.event_id
ORDER BY candidate.due_at, candidate.delivery_id
