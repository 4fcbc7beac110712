-- Resources of which something has waited long enough, the longest first, but of some projects none.
SELECT project_id, source_id, series, resource
FROM sequence_resource WHERE due_at <= now() AND project_id <> ALL (?)
ORDER BY due_at LIMIT ?
