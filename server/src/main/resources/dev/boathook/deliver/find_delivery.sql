SELECT delivery_id, event_id, endpoint_id, ordering_key, state, attempts,
  nullif(due_at, 'infinity') AS due_at, finished_at, last_outcome, last_status, replay_of, replay_id
FROM delivery WHERE project_id = :project AND delivery_id = :id
