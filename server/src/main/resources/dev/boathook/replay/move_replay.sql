UPDATE replay SET
  passed = :passed, made = made + :more, next_at = :nextAt, state = :state, finished_at = :finishedAt
WHERE project_id = :project AND replay_id = :id AND state = 'running'
