SELECT since FROM endpoint_failing WHERE project_id = :project AND endpoint_id = :endpoint
