-- The next events, the oldest first, and whether an endpoint ever had a delivery of them.
WITH candidate AS MATERIALIZED (
  SELECT event_id, origin_kind, origin_id, type, ordering_key
  FROM event
  WHERE project_id = :project AND event_id > :after AND event_id < least(:replay::uuid, :until::uuid)
    AND (:origin::uuid IS NULL OR origin_id = :origin::uuid)
  ORDER BY event_id LIMIT :limit
)
SELECT event_id AS id, NULL::uuid AS delivery_id, event_id, :endpoint::uuid AS endpoint_id,
  ordering_key, NULL::bigint AS lane_seq, origin_kind, origin_id, type, ordering_key AS event_key,
  count(*) OVER () AS looked_at,
  EXISTS (
    SELECT FROM delivery
    WHERE delivery.project_id = :project AND delivery.event_id = candidate.event_id
      AND delivery.endpoint_id = :endpoint::uuid
  ) AS settled
FROM candidate
ORDER BY event_id
