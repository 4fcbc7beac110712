-- Lanes with work, the earliest due first, each with the first of its waiting deliveries; of those
-- that the engine holds already, with the first one. A lane of which nothing waits any more has one
-- row without a delivery.
SELECT lane.ordering_key, lane.last_seq, lane.done_seq, lane.due_at AS lane_due_at,
  item.delivery_id, item.event_id, item.attempts, item.due_at, item.lane_seq,
  coalesce(event.type, '') AS type, coalesce(octet_length(event.body), 0) AS body_bytes
FROM (
  SELECT *, ordering_key IN (SELECT unnest(?::text[])) AS held FROM lane
  WHERE project_id = ? AND endpoint_id = ? AND done_seq < last_seq AND halted_at IS NULL
  ORDER BY due_at, ordering_key
  LIMIT ?
) AS lane
LEFT JOIN LATERAL (
  SELECT * FROM delivery
  WHERE delivery.project_id = lane.project_id AND delivery.endpoint_id = lane.endpoint_id
    AND delivery.ordering_key = lane.ordering_key AND delivery.lane_seq > lane.done_seq
    AND delivery.state = 'waiting'
  ORDER BY delivery.lane_seq
  LIMIT CASE WHEN lane.held THEN 1 ELSE ? END
) AS item ON true
LEFT JOIN event ON event.project_id = lane.project_id AND event.event_id = item.event_id
ORDER BY lane.due_at, lane.ordering_key, item.lane_seq
