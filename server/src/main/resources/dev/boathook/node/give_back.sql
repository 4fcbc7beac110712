UPDATE shard SET nonce = NULL WHERE nonce = ? AND shard = ANY (?)
