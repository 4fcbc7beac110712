UPDATE endpoint SET deleted_at = :now, updated_at = :now, version = :version
WHERE project_id = :project AND endpoint_id = :id AND deleted_at IS NULL
