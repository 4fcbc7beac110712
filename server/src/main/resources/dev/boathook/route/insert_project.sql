INSERT INTO project (project_id, name, created_at) VALUES (:project, :name, :now)
ON CONFLICT (name) DO NOTHING
