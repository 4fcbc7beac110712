UPDATE source SET deleted_at = :now, updated_at = :now, version = :version
WHERE project_id = :project AND source_id = :id AND deleted_at IS NULL
