-- Lanes, locked before, say again where their first waiting delivery is, after some were cancelled or
-- the head was put back. With :go, halted ones go on. A lane is due when its first delivery is, or, where
-- only the newest is wanted, its last: the earlier of the two is said, and who reads it finds out.
UPDATE lane SET
  done_seq = coalesce(first.lane_seq - 1, lane.last_seq),
  due_at = coalesce(least(first.due_at, last.due_at), lane.due_at),
  halted_at = CASE WHEN :go THEN NULL ELSE lane.halted_at END,
  halted_by = CASE WHEN :go THEN NULL ELSE lane.halted_by END
FROM unnest(:endpoints::uuid[], :keys::text[]) AS named(endpoint_id, ordering_key)
LEFT JOIN LATERAL (
  SELECT delivery.lane_seq, delivery.due_at
  FROM delivery
  WHERE delivery.project_id = :project AND delivery.endpoint_id = named.endpoint_id
    AND delivery.ordering_key = named.ordering_key
    AND delivery.state = 'waiting' AND delivery.lane_seq IS NOT NULL
  ORDER BY delivery.lane_seq LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
  SELECT delivery.due_at
  FROM delivery
  WHERE delivery.project_id = :project AND delivery.endpoint_id = named.endpoint_id
    AND delivery.ordering_key = named.ordering_key
    AND delivery.state = 'waiting' AND delivery.lane_seq IS NOT NULL
  ORDER BY delivery.lane_seq DESC LIMIT 1
) AS last ON true
WHERE lane.project_id = :project AND lane.endpoint_id = named.endpoint_id
  AND lane.ordering_key = named.ordering_key
RETURNING lane.endpoint_id, lane.due_at,
  lane.done_seq < lane.last_seq AND lane.halted_at IS NULL AS goes_on
