UPDATE api_key SET revoked_at = :now, version = :version
WHERE project_id = :project AND key_id = :id AND revoked_at IS NULL
