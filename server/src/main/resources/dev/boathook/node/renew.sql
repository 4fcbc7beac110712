UPDATE node SET
  expires_at = clock_timestamp() + ? * interval '1 millisecond',
  ahead_millis = (extract(epoch FROM ?::timestamptz - clock_timestamp()) * 1000)::bigint,
  stopping = ?
WHERE nonce = ?
RETURNING clock_timestamp()
