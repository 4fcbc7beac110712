SELECT endpoint_id, consumer_id, name, url, source_ids, types, secrets_sealed,
  retry_schedule_millis, timeout_millis, max_in_flight, allowed_nets, status, status_reason,
  created_at, updated_at, deleted_at
FROM endpoint WHERE project_id = :project AND version > :version
