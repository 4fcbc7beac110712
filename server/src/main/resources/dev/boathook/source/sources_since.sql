SELECT source_id, name, provider, settings, token_sealed, secrets_sealed, public_url, allowed_nets,
  client_certificates, reply_endpoint_id, reply_fallback, ordering_key, sequence,
  dedupe_window_seconds, max_body_bytes, enabled, created_at, updated_at, deleted_at
FROM source WHERE project_id = :project AND version > :version
