-- In the order in which everybody locks them. What is read of their deliveries must be read by a later
-- statement, which sees all that was committed before the lock was had.
SELECT lane.endpoint_id, lane.ordering_key, lane.last_seq, lane.halted_by
FROM unnest(:endpoints::uuid[], :keys::text[]) AS named(endpoint_id, ordering_key)
JOIN lane ON lane.project_id = :project AND lane.endpoint_id = named.endpoint_id
  AND lane.ordering_key = named.ordering_key
ORDER BY lane.endpoint_id, lane.ordering_key
FOR UPDATE OF lane
