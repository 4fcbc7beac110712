-- Whoever renews at this moment is left alone, and two who end each other's leases do not wait for each other.
DELETE FROM node
WHERE node_id IN (
  SELECT node_id FROM node WHERE expires_at < clock_timestamp() FOR UPDATE SKIP LOCKED)
