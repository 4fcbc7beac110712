INSERT INTO consumer (project_id, consumer_id, name, created_at, updated_at, version)
VALUES (:project, :id, :name, :now, :now, :version)
ON CONFLICT (project_id, consumer_id) DO UPDATE SET
  name = excluded.name, updated_at = excluded.updated_at, version = excluded.version
