-- What waits for an endpoint outside lanes, the earliest due first, with its events as far as they are small,
-- their headers included.
-- What was due earlier is known already; to begin behind it spares the reading of what has just been finished,
-- which stands before it in the index until it is cleaned up.
SELECT delivery.delivery_id, delivery.attempts, delivery.due_at, coalesce(event.type, '') AS type,
  coalesce(octet_length(event.body), 0) AS body_bytes, delivery.project_id, delivery.event_id,
  event.origin_kind, event.origin_id, event.ordering_key, event.external_id, event.accepted_at,
  event.occurred_at, event.verified, event.late, event.content_type, size.with_event,
  CASE WHEN size.with_event THEN event.headers END AS headers,
  CASE WHEN size.with_event THEN event.body END AS body
FROM delivery
LEFT JOIN event ON event.project_id = delivery.project_id AND event.event_id = delivery.event_id
CROSS JOIN LATERAL (
  SELECT coalesce(octet_length(event.headers) + octet_length(event.body) <= ?, false) AS with_event
) AS size
WHERE delivery.project_id = ? AND delivery.endpoint_id = ? AND delivery.state = 'waiting'
  AND delivery.lane_seq IS NULL
  AND delivery.due_at >= ?::timestamptz AND delivery.due_at < 'infinity'
ORDER BY delivery.due_at, delivery.delivery_id
LIMIT ?
