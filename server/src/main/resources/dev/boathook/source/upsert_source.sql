INSERT INTO source (
  project_id, source_id, name, provider, settings, token_hash, token_sealed, secrets_sealed,
  public_url, allowed_nets, client_certificates, reply_endpoint_id, reply_fallback,
  ordering_key, sequence, dedupe_window_seconds, max_body_bytes, enabled, created_at, updated_at,
  version)
VALUES (
  :project, :id, :name, :provider, :settings, :tokenHash, :tokenSealed, :secretsSealed,
  :publicUrl, :allowedNets, :clientCertificates, :replyEndpoint::uuid, :replyFallback,
  :orderingKey, :sequence, :dedupeWindowSeconds, :maxBodyBytes, :enabled, :now, :now,
  :version)
ON CONFLICT (project_id, source_id) DO UPDATE SET
  name = excluded.name, settings = excluded.settings,
  token_hash = excluded.token_hash, token_sealed = excluded.token_sealed,
  secrets_sealed = excluded.secrets_sealed, public_url = excluded.public_url,
  allowed_nets = excluded.allowed_nets, client_certificates = excluded.client_certificates,
  reply_endpoint_id = excluded.reply_endpoint_id, reply_fallback = excluded.reply_fallback,
  ordering_key = excluded.ordering_key, sequence = excluded.sequence,
  dedupe_window_seconds = excluded.dedupe_window_seconds, max_body_bytes = excluded.max_body_bytes,
  enabled = excluded.enabled, updated_at = excluded.updated_at, version = excluded.version
