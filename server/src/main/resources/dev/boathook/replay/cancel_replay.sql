UPDATE replay SET state = 'cancelled', cancelled_by = :key, finished_at = :now
WHERE project_id = :project AND replay_id = :id AND state = 'running'
