SELECT delivery_id, event_id, attempts, due_at
FROM delivery
WHERE project_id = ? AND endpoint_id = ? AND state = 'waiting'
ORDER BY due_at, delivery_id
LIMIT ?
