-- Which endpoints have anything waiting, and when the earliest is due. Read at start and, as a net
-- under the engine, every few minutes.
SELECT endpoint_id, min(due_at) AS due_at
FROM delivery
WHERE project_id = ? AND state = 'waiting'
GROUP BY endpoint_id
