SELECT dedupe.origin_id, dedupe.dedupe_key, dedupe.event_id, dedupe.body_hash
FROM unnest(?::uuid[], ?::text[]) AS asked(origin_id, dedupe_key)
JOIN dedupe ON dedupe.project_id = ? AND dedupe.origin_id = asked.origin_id
  AND dedupe.dedupe_key = asked.dedupe_key
