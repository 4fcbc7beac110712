INSERT INTO consumer (project_id, consumer_id, name, weight, created_at, updated_at, version)
VALUES (:project, :id, :name, :weight, :now, :now, :version)
ON CONFLICT (project_id, consumer_id) DO UPDATE SET
  name = excluded.name, weight = excluded.weight, updated_at = excluded.updated_at,
  version = excluded.version
