UPDATE node SET expires_at = clock_timestamp() + ? * interval '1 millisecond' WHERE nonce = ?
RETURNING clock_timestamp()
