-- What waits for an endpoint in lanes, or in one of them, from a place on, with what the events are.
WITH candidate AS MATERIALIZED (
  SELECT delivery_id, event_id, ordering_key, lane_seq
  FROM delivery
  WHERE project_id = :project AND endpoint_id = :endpoint AND state = 'waiting'
    AND lane_seq IS NOT NULL
    AND (:lane::text IS NULL OR ordering_key = :lane::text)
    AND (ordering_key, lane_seq) > (:afterKey, :afterSeq)
  ORDER BY ordering_key, lane_seq LIMIT :limit
)
SELECT candidate.*, event.origin_kind, event.origin_id, event.type, event.ordering_key AS event_key
FROM candidate
LEFT JOIN event ON event.project_id = :project AND event.event_id = candidate.event_id
ORDER BY candidate.ordering_key, candidate.lane_seq
