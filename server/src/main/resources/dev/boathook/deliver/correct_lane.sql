-- When the delivery of a lane whose turn it is, by the order that its endpoint has, is due, unless the lane
-- has changed since it was read, or the endpoint has another order by now.
UPDATE lane SET due_at = ?::timestamptz
WHERE project_id = ? AND endpoint_id = ? AND ordering_key = ? AND due_at = ?::timestamptz
  AND done_seq = ? AND last_seq = ?
  AND NOT EXISTS (
    SELECT FROM endpoint
    WHERE endpoint.project_id = lane.project_id AND endpoint.endpoint_id = lane.endpoint_id
      AND coalesce(endpoint.policy::json ->> 'order', ?) <> ?)
