SELECT project_id, replay_id FROM replay WHERE state = 'running' ORDER BY replay_id LIMIT :limit
