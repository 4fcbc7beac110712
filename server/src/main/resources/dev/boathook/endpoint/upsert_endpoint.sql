INSERT INTO endpoint (
  project_id, endpoint_id, consumer_id, name, url, source_ids, types, secrets_sealed,
  security_sealed, policy, timeout_millis, allowed_nets, status, status_reason, resume_rate, resume_burst,
  created_at, updated_at, version)
VALUES (
  :project, :id, :consumer::uuid, :name, :url, :sources, :types, :secretsSealed,
  :securitySealed, :policy, :timeoutMillis, :allowedNets, :status, :statusReason, :resumeRate, :resumeBurst,
  :now, :now, :version)
ON CONFLICT (project_id, endpoint_id) DO UPDATE SET
  name = excluded.name, url = excluded.url, source_ids = excluded.source_ids,
  types = excluded.types, secrets_sealed = excluded.secrets_sealed,
  security_sealed = excluded.security_sealed, policy = excluded.policy,
  timeout_millis = excluded.timeout_millis,
  allowed_nets = excluded.allowed_nets, status = excluded.status,
  status_reason = excluded.status_reason, resume_rate = excluded.resume_rate,
  resume_burst = excluded.resume_burst, updated_at = excluded.updated_at,
  -- By the order latest lanes begin with the newest of what waits, by all others with the first.
  restating = endpoint.restating OR
    (endpoint.policy::json ->> 'order' IS NOT DISTINCT FROM :latest)
      <> (excluded.policy::json ->> 'order' IS NOT DISTINCT FROM :latest),
  version = excluded.version
