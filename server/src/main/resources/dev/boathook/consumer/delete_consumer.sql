WITH endpoints AS (
  UPDATE endpoint SET deleted_at = :now, updated_at = :now, version = :version
  WHERE project_id = :project AND consumer_id = :id AND deleted_at IS NULL
)
UPDATE consumer SET deleted_at = :now, updated_at = :now, version = :version
WHERE project_id = :project AND consumer_id = :id AND deleted_at IS NULL
