-- Takes the shards that nobody holds who has a lease. In order, so that two nodes cannot deadlock. Who
-- had to wait for a row looks at it again as it is then, but at the nodes as they were before: the epoch
-- tells whether somebody, who may have joined meanwhile, has taken the shard.
WITH seen AS MATERIALIZED (
  SELECT shard, epoch FROM shard
  WHERE shard = ANY (?)
    AND NOT EXISTS (SELECT FROM node WHERE node.nonce = shard.nonce)
), free AS (
  SELECT shard.shard
  FROM shard JOIN seen ON seen.shard = shard.shard AND seen.epoch = shard.epoch
  ORDER BY shard.shard FOR UPDATE OF shard
)
UPDATE shard SET nonce = ?, epoch = epoch + 1
FROM free
WHERE shard.shard = free.shard AND EXISTS (SELECT FROM node WHERE node.nonce = ?)
RETURNING shard.shard, shard.epoch
