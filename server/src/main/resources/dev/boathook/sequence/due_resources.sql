-- Resources of which something has waited long enough, the longest first.
SELECT project_id, source_id, series, resource
FROM sequence_resource WHERE due_at <= now()
ORDER BY due_at LIMIT ?
