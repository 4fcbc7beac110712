UPDATE event SET late = true WHERE project_id = ? AND event_id = ANY (?)
