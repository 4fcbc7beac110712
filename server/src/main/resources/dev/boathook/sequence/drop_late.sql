WITH locked AS MATERIALIZED (
  SELECT delivery_id FROM delivery
  WHERE project_id = ? AND delivery_id = ANY (?) AND state = 'waiting' AND due_at = 'infinity'
  ORDER BY delivery_id
  FOR UPDATE
)
UPDATE delivery SET state = 'cancelled', finished_at = ?::timestamptz, last_outcome = 'late'
FROM locked
WHERE delivery.project_id = ? AND delivery.delivery_id = locked.delivery_id
