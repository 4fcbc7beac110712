INSERT INTO delivery (
  project_id, delivery_id, event_id, endpoint_id, ordering_key, state, attempts, due_at, replay_of)
SELECT project_id, :newId, event_id, endpoint_id, ordering_key, 'waiting', 0, :now, delivery_id
FROM delivery
WHERE project_id = :project AND delivery_id = :id
  AND state IN ('delivered', 'dead', 'cancelled')
