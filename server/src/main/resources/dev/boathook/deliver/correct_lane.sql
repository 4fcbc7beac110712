-- When the first waiting delivery of a lane is due, unless the lane has changed since it was read.
UPDATE lane SET due_at = ?::timestamptz
WHERE project_id = ? AND endpoint_id = ? AND ordering_key = ? AND due_at = ?::timestamptz
  AND done_seq = ? AND last_seq = ?
