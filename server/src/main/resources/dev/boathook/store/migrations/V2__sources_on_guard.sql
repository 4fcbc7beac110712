ALTER TABLE source
  ADD COLUMN public_url          text,
  ADD COLUMN allowed_nets        text[] NOT NULL DEFAULT '{}',
  ADD COLUMN client_certificates text,
  ADD COLUMN reply_endpoint_id   uuid,
  ADD COLUMN reply_fallback      text;
COMMENT ON COLUMN source.secrets_sealed IS
  'Sealed JSON: a list of objects with value, added_at, retires_at and enrolled; a list of texts in rows '
  'that were last written before secrets had dates.';
COMMENT ON COLUMN source.allowed_nets IS 'Empty: callers may be anywhere.';
COMMENT ON COLUMN source.client_certificates IS
  'JSON object with sha256, ca and names; null: no certificate is asked for.';
COMMENT ON COLUMN source.reply_fallback IS 'JSON object with status, content_type and body.';
