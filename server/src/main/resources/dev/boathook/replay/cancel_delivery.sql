UPDATE delivery SET state = 'cancelled', finished_at = :now, last_outcome = 'cancelled'
WHERE project_id = :project AND delivery_id = :id AND state = 'waiting'
RETURNING endpoint_id
