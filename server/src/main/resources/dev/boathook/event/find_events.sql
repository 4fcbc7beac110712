-- Those of the wanted events that are there.
SELECT event.project_id, event.event_id, origin_kind, origin_id, type, ordering_key, external_id,
  accepted_at, occurred_at, verified, late, content_type, headers, body
FROM unnest(?::uuid[], ?::uuid[]) AS wanted(project_id, event_id)
JOIN event USING (project_id, event_id)
