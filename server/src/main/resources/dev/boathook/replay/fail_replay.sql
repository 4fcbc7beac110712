UPDATE replay SET state = 'failed', failure = :failure, finished_at = :now
WHERE project_id = :project AND replay_id = :id AND state = 'running'
