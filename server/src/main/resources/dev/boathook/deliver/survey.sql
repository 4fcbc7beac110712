-- What waits for whom, and when the earliest is due; since when endpoints do nothing but fail. One look
-- into an index for each endpoint and partition, however much waits.
SELECT asked.endpoint_id, loose.due_at, lanes.due_at AS lanes_due_at, failing.since
FROM unnest(?::uuid[], ?::uuid[]) AS asked(project_id, endpoint_id)
LEFT JOIN LATERAL (
  SELECT due_at FROM delivery
  WHERE delivery.project_id = asked.project_id AND delivery.endpoint_id = asked.endpoint_id
    AND delivery.state = 'waiting' AND delivery.lane_seq IS NULL AND delivery.due_at < 'infinity'
  ORDER BY due_at LIMIT 1
) AS loose ON true
LEFT JOIN LATERAL (
  SELECT due_at FROM lane
  WHERE lane.project_id = asked.project_id AND lane.endpoint_id = asked.endpoint_id
    AND lane.done_seq < lane.last_seq AND lane.halted_at IS NULL
  ORDER BY due_at LIMIT 1
) AS lanes ON true
LEFT JOIN endpoint_failing AS failing
  ON failing.project_id = asked.project_id AND failing.endpoint_id = asked.endpoint_id
WHERE loose.due_at IS NOT NULL OR lanes.due_at IS NOT NULL OR failing.since IS NOT NULL
