SELECT delivery_id, event_id, endpoint_id, ordering_key, state, attempts,
  nullif(due_at, 'infinity') AS due_at, finished_at, last_outcome, last_status, replay_of, replay_id,
  (
    SELECT later.delivery_id FROM delivery AS later
    WHERE later.project_id = delivery.project_id AND later.event_id = delivery.event_id
      AND later.delivery_id > delivery.delivery_id AND later.replay_of = delivery.delivery_id
    ORDER BY later.delivery_id DESC LIMIT 1
  ) AS replayed_by
FROM delivery
WHERE project_id = :project
  AND delivery_id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  AND (:state::text IS NULL OR state = :state::text)
  AND (:endpoint::uuid IS NULL OR endpoint_id = :endpoint::uuid)
  AND (:event::uuid IS NULL OR event_id = :event::uuid)
  AND (:replay::uuid IS NULL OR replay_id = :replay::uuid)
  AND (:consumer::uuid IS NULL OR endpoint_id IN (
    SELECT endpoint.endpoint_id FROM endpoint
    WHERE endpoint.project_id = :project AND endpoint.consumer_id = :consumer::uuid))
ORDER BY delivery_id DESC
LIMIT :limit
