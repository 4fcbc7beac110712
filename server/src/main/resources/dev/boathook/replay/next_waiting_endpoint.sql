-- The next endpoint for which anything waits.
(
  SELECT endpoint_id FROM delivery
  WHERE project_id = :project AND state = 'waiting' AND lane_seq IS NULL AND endpoint_id > :after
  ORDER BY endpoint_id LIMIT 1
) UNION ALL (
  SELECT endpoint_id FROM delivery
  WHERE project_id = :project AND state = 'waiting' AND lane_seq IS NOT NULL AND endpoint_id > :after
  ORDER BY endpoint_id LIMIT 1
)
ORDER BY endpoint_id LIMIT 1
