SELECT origin_kind, origin_id, type, ordering_key, external_id, accepted_at, occurred_at, verified,
  late, content_type, headers, body
FROM event WHERE project_id = ? AND event_id = ?
