-- Enters a node, in the place of a process that has ended: the node's folder is locked by one at a time.
-- Answers the store's time.
INSERT INTO node (node_id, nonce, expires_at)
VALUES (?, ?, clock_timestamp() + ? * interval '1 millisecond')
ON CONFLICT (node_id) DO UPDATE SET nonce = excluded.nonce, expires_at = excluded.expires_at
RETURNING clock_timestamp()
