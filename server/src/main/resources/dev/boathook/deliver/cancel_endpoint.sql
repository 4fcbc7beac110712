-- A deleted endpoint's waiting deliveries, some at a time, so that no transaction is long.
WITH chosen AS (
  (SELECT delivery_id FROM delivery
  WHERE project_id = ? AND endpoint_id = ? AND state = 'waiting' AND lane_seq IS NULL
  LIMIT ?)
  UNION ALL
  (SELECT delivery_id FROM delivery
  WHERE project_id = ? AND endpoint_id = ? AND state = 'waiting' AND lane_seq IS NOT NULL
  LIMIT ?)
)
UPDATE delivery SET state = 'cancelled', finished_at = ?, last_outcome = 'endpoint_deleted'
FROM chosen
WHERE delivery.project_id = ? AND delivery.delivery_id = chosen.delivery_id
  AND delivery.state = 'waiting'
