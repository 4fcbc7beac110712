-- Says anew when some lanes of an endpoint are due, since another order may begin with another delivery:
-- when the first or the last of those that wait is, whichever is earlier; who reads a lane finds out.
UPDATE lane SET due_at = least(first.due_at, last.due_at)
FROM unnest(:keys::text[]) AS named(ordering_key)
CROSS JOIN LATERAL (
  SELECT due_at FROM delivery
  WHERE project_id = :project AND endpoint_id = :id AND ordering_key = named.ordering_key
    AND state = 'waiting' AND lane_seq IS NOT NULL
  ORDER BY lane_seq LIMIT 1
) AS first
CROSS JOIN LATERAL (
  SELECT due_at FROM delivery
  WHERE project_id = :project AND endpoint_id = :id AND ordering_key = named.ordering_key
    AND state = 'waiting' AND lane_seq IS NOT NULL
  ORDER BY lane_seq DESC LIMIT 1
) AS last
WHERE lane.project_id = :project AND lane.endpoint_id = :id
  AND lane.ordering_key = named.ordering_key
