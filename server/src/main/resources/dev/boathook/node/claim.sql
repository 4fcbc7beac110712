-- Takes the shards that nobody holds who has a lease. In order, so that two nodes cannot deadlock.
WITH free AS (
  SELECT shard FROM shard
  WHERE shard = ANY (?)
    AND NOT EXISTS (SELECT FROM node WHERE node.nonce = shard.nonce)
  ORDER BY shard FOR UPDATE
)
UPDATE shard SET nonce = ?, epoch = epoch + 1
FROM free
WHERE shard.shard = free.shard AND EXISTS (SELECT FROM node WHERE node.nonce = ?)
RETURNING shard.shard, shard.epoch
