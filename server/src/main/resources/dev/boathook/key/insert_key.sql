INSERT INTO api_key (project_id, key_id, name, secret_hash, hint, scopes, created_at, version)
VALUES (:project, :id, :name, :secretHash, :hint, :scopes, :now, :version)
