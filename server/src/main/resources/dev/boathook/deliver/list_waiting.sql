-- As list_deliveries.sql, for what waits alone: by the two indexes of that, so that a few that wait are
-- found at once among many that are finished. Not by shown_delivery: what waits is repeated by none, and all that
-- does is sorted before it is cut off.
SELECT delivery_id, event_id, endpoint_id, ordering_key, state, attempts,
  nullif(due_at, 'infinity') AS due_at, finished_at, last_outcome, last_status, replay_of, replay_id,
  NULL::uuid AS replayed_by
FROM (
  SELECT * FROM delivery WHERE state = 'waiting' AND lane_seq IS NULL
  UNION ALL
  SELECT * FROM delivery WHERE state = 'waiting' AND lane_seq IS NOT NULL
) AS waiting
WHERE project_id = :project
  AND delivery_id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  AND (:endpoint::uuid IS NULL OR endpoint_id = :endpoint::uuid)
  AND (:event::uuid IS NULL OR event_id = :event::uuid)
  AND (:replay::uuid IS NULL OR replay_id = :replay::uuid)
  AND (:consumer::uuid IS NULL OR endpoint_id IN (
    SELECT endpoint.endpoint_id FROM endpoint
    WHERE endpoint.project_id = :project AND endpoint.consumer_id = :consumer::uuid))
ORDER BY delivery_id DESC
LIMIT :limit
