-- Whoever renews at this moment is left alone, and two who end each other's leases do not wait for each other.
-- A lease that lasts longer than leases do is of before the store's clock was set back: it lasts one length
-- from now on, or a node that is gone would keep its shards for as long as the clock went back. The time
-- that its node goes by stays what it was.
WITH astray AS (
  SELECT node_id, clock_timestamp() + ? * interval '1 millisecond' AS ends_at
  FROM node WHERE expires_at > clock_timestamp() + ? * interval '1 millisecond'
  FOR UPDATE SKIP LOCKED
), shortened AS (
  UPDATE node SET
    expires_at = ends_at,
    ahead_millis = ahead_millis + (extract(epoch FROM expires_at - ends_at) * 1000)::bigint
  FROM astray
  WHERE node.node_id = astray.node_id
)
DELETE FROM node
WHERE node_id IN (
  SELECT node_id FROM node WHERE expires_at < clock_timestamp() FOR UPDATE SKIP LOCKED)
