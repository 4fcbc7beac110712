-- A holder without a lease is none.
SELECT shard.shard, shard.epoch, node.nonce
FROM shard LEFT JOIN node ON node.nonce = shard.nonce
