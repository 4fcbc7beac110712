SELECT key_id, name, secret_hash, hint, scopes, created_at, revoked_at
FROM api_key WHERE project_id = :project AND version > :version
