DELETE FROM endpoint_failing
WHERE project_id = ? AND endpoint_id = ?
  AND EXISTS (SELECT FROM shard WHERE shard = ? AND epoch = ? AND nonce = ?)
