SELECT endpoint_id, consumer_id, name, url, source_ids, types, secrets_sealed,
  security_sealed, policy, timeout_millis, allowed_nets, status, status_reason, resume_rate, resume_burst,
  created_at, updated_at, deleted_at
FROM endpoint WHERE project_id = :project AND version > :version
