SELECT delivery.delivery_id, delivery.event_id, delivery.attempts, delivery.due_at,
  coalesce(event.type, '') AS type, coalesce(octet_length(event.body), 0) AS body_bytes
FROM delivery
LEFT JOIN event ON event.project_id = delivery.project_id AND event.event_id = delivery.event_id
WHERE delivery.project_id = ? AND delivery.endpoint_id = ? AND delivery.state = 'waiting'
  AND delivery.lane_seq IS NULL AND delivery.due_at < 'infinity'
ORDER BY delivery.due_at, delivery.delivery_id
LIMIT ?
