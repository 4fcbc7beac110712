-- By key. Of a long lane no more than so many deliveries are counted.
SELECT lane.ordering_key, lane.last_seq, lane.done_seq, lane.due_at, lane.halted_at, lane.halted_by, (
  SELECT count(*) FROM (
    SELECT FROM delivery
    WHERE delivery.project_id = lane.project_id AND delivery.endpoint_id = lane.endpoint_id
      AND delivery.ordering_key = lane.ordering_key
      AND delivery.state = 'waiting' AND delivery.lane_seq IS NOT NULL
    LIMIT :maxCounted
  ) AS counted
) AS waiting
FROM lane
WHERE project_id = :project AND endpoint_id = :endpoint
  AND (:after::text IS NULL OR ordering_key > :after::text)
  AND (NOT :halted OR halted_at IS NOT NULL)
ORDER BY ordering_key LIMIT :limit
