-- Nothing waits in the lane, so it has no work, unless something was put into it since it was read.
UPDATE lane SET done_seq = last_seq
WHERE project_id = ? AND endpoint_id = ? AND ordering_key = ? AND last_seq = ? AND done_seq = ?
