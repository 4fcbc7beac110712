SELECT state, endpoint_id,
  EXISTS (
    SELECT FROM endpoint
    WHERE endpoint.project_id = delivery.project_id
      AND endpoint.endpoint_id = delivery.endpoint_id AND endpoint.deleted_at IS NULL
  ) AS has_endpoint,
  EXISTS (
    SELECT FROM event
    WHERE event.project_id = delivery.project_id AND event.event_id = delivery.event_id
  ) AS has_event
FROM delivery WHERE project_id = :project AND delivery_id = :id
