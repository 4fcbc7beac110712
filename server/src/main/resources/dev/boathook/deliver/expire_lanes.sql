-- Looks at some lanes after a certain one and deletes those that have long had nothing to do, or whose
-- endpoint is no more. Should one be used again, it begins anew. Answers the last that was looked at.
WITH looked AS MATERIALIZED (
  SELECT project_id, endpoint_id, ordering_key FROM lane
  WHERE (project_id, endpoint_id, ordering_key) > (:project, :endpoint, :key)
  ORDER BY project_id, endpoint_id, ordering_key
  LIMIT :limit
), expired AS (
  DELETE FROM lane USING looked
  WHERE lane.project_id = looked.project_id AND lane.endpoint_id = looked.endpoint_id
    AND lane.ordering_key = looked.ordering_key AND lane.due_at < :before
    AND (lane.done_seq = lane.last_seq AND lane.halted_at IS NULL
      OR EXISTS (
        SELECT FROM endpoint
        WHERE endpoint.project_id = lane.project_id AND endpoint.endpoint_id = lane.endpoint_id
          AND endpoint.deleted_at < :before))
)
SELECT project_id, endpoint_id, ordering_key FROM looked
ORDER BY project_id DESC, endpoint_id DESC, ordering_key DESC
LIMIT 1
