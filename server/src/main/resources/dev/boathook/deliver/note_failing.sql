INSERT INTO endpoint_failing (project_id, endpoint_id, since)
SELECT ?, ?, ?::timestamptz FROM shard WHERE shard = ? AND epoch = ? AND nonce = ?
ON CONFLICT (project_id, endpoint_id) DO UPDATE SET since = excluded.since
