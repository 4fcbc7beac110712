-- Enters a node, in the place of a process that has ended: the node's folder is locked by one at a time.
-- Answers the store's time.
INSERT INTO node (node_id, nonce, expires_at, ahead_millis)
VALUES (
  ?, ?, clock_timestamp() + ? * interval '1 millisecond',
  (extract(epoch FROM ?::timestamptz - clock_timestamp()) * 1000)::bigint)
ON CONFLICT (node_id) DO UPDATE
SET nonce = excluded.nonce, expires_at = excluded.expires_at, ahead_millis = excluded.ahead_millis,
  stopping = false
RETURNING clock_timestamp()
