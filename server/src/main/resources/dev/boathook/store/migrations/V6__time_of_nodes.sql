-- Nodes go by one time, which comes to the store's slowly when the store's clock is set. A node that
-- starts takes the time of those that run.
ALTER TABLE node ADD COLUMN ahead_millis bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN node.ahead_millis IS
  'By how much the time that the node goes by was ahead of the store''s when the lease was renewed.';

-- A node that stops has no share any more, while its lease still holds the shards where it is busy.
ALTER TABLE node ADD COLUMN stopping boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN node.stopping IS 'It gives its shards back and claims none; the others share them out.';
