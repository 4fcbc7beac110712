SELECT state, event_id, endpoint_id, ordering_key, lane_seq,
  EXISTS (
    SELECT FROM event
    WHERE event.project_id = delivery.project_id AND event.event_id = delivery.event_id
  ) AS has_event
FROM delivery WHERE project_id = :project AND delivery_id = :id
