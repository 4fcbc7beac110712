UPDATE endpoint
SET resume_rate = NULL, resume_burst = NULL, updated_at = :now, version = :version
WHERE project_id = :project AND endpoint_id = :id AND deleted_at IS NULL AND status = 'active'
