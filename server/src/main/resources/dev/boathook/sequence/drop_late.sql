UPDATE delivery SET state = 'cancelled', finished_at = ?::timestamptz, last_outcome = 'late'
WHERE project_id = ? AND delivery_id = ANY (?) AND state = 'waiting' AND due_at = 'infinity'
