-- What waits for one endpoint. Each part reads an index alone and stops at the limit; an endpoint whose
-- order was changed may have both kinds.
SELECT
  (SELECT count(*) FROM (
    SELECT FROM delivery
    WHERE project_id = :project AND endpoint_id = :endpoint AND state = 'waiting' AND lane_seq IS NULL
    LIMIT :limit) AS unordered)
  + (SELECT count(*) FROM (
    SELECT FROM delivery
    WHERE project_id = :project AND endpoint_id = :endpoint AND state = 'waiting'
      AND lane_seq IS NOT NULL
    LIMIT :limit) AS ordered) AS waiting,
  least(
    (SELECT min(due_at) FROM delivery
    WHERE project_id = :project AND endpoint_id = :endpoint AND state = 'waiting'
      AND lane_seq IS NULL AND due_at < 'infinity'),
    (SELECT min(due_at) FROM lane
    WHERE project_id = :project AND endpoint_id = :endpoint AND done_seq < last_seq
      AND halted_at IS NULL)) AS oldest_due_at,
  (SELECT count(*) FROM (
    SELECT FROM lane
    WHERE project_id = :project AND endpoint_id = :endpoint AND halted_at IS NOT NULL
    LIMIT :limit) AS halted) AS halted_lanes
