-- Deleted endpoints for which something still waits.
SELECT endpoint_id FROM endpoint
WHERE project_id = ? AND deleted_at IS NOT NULL
  AND (EXISTS (
    SELECT FROM delivery
    WHERE delivery.project_id = endpoint.project_id AND delivery.endpoint_id = endpoint.endpoint_id
      AND delivery.state = 'waiting' AND delivery.lane_seq IS NULL)
  OR EXISTS (
    SELECT FROM delivery
    WHERE delivery.project_id = endpoint.project_id AND delivery.endpoint_id = endpoint.endpoint_id
      AND delivery.state = 'waiting' AND delivery.lane_seq IS NOT NULL))
