DELETE FROM endpoint_failing WHERE project_id = ? AND endpoint_id = ?
