SELECT event_id, type FROM event WHERE project_id = ? AND event_id = ANY (?)
