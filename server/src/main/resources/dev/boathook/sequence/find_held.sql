-- What is held of resources, in the order in which it will go on.
SELECT source_id, series, resource, position, event_id, wait_until, late, delivery_ids, endpoint_ids
FROM unnest(?::uuid[], ?::bigint[], ?::text[]) AS named(source_id, series, resource)
JOIN sequence_held USING (source_id, series, resource)
WHERE sequence_held.project_id = ?
ORDER BY position, late, event_id
