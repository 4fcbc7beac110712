INSERT INTO duplicate_conflict (
  project_id, event_id, body_hash, seen_at, content_type, headers, body)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING
