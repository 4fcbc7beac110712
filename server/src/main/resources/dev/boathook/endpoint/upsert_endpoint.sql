INSERT INTO endpoint (
  project_id, endpoint_id, consumer_id, name, url, source_ids, types, secrets_sealed,
  retry_schedule_millis, timeout_millis, max_in_flight, allowed_nets, status, status_reason,
  created_at, updated_at, version)
VALUES (
  :project, :id, :consumer::uuid, :name, :url, :sources, :types, :secretsSealed,
  :retryScheduleMillis, :timeoutMillis, :maxInFlight, :allowedNets, :status, :statusReason,
  :now, :now, :version)
ON CONFLICT (project_id, endpoint_id) DO UPDATE SET
  name = excluded.name, url = excluded.url, source_ids = excluded.source_ids,
  types = excluded.types, secrets_sealed = excluded.secrets_sealed,
  retry_schedule_millis = excluded.retry_schedule_millis,
  timeout_millis = excluded.timeout_millis, max_in_flight = excluded.max_in_flight,
  allowed_nets = excluded.allowed_nets, status = excluded.status,
  status_reason = excluded.status_reason, updated_at = excluded.updated_at,
  version = excluded.version
