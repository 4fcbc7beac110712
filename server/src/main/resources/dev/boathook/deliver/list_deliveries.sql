SELECT * FROM shown_delivery
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
