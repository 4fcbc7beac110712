SELECT consumer_id, name, weight, created_at, updated_at, deleted_at
FROM consumer WHERE project_id = :project AND version > :version
