-- Locks resources, in one order over all nodes; those that nothing is known of are made. The time is the
-- database's, so that it is the same for all nodes.
INSERT INTO sequence_resource (project_id, source_id, series, resource, seen_on)
SELECT ?, source_id, series, resource, current_date
FROM unnest(?::uuid[], ?::bigint[], ?::text[]) AS named(source_id, series, resource)
ORDER BY source_id, series, resource
ON CONFLICT (project_id, source_id, series, resource) DO UPDATE SET seen_on = excluded.seen_on
RETURNING source_id, series, resource, position, held, clock_timestamp() AS now
