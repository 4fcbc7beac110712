-- Deliveries that were held go on. Those in a lane get its next places, in the order in which they are
-- given, under the lock of the lane's row; deliveries and lanes are locked in one order by everybody. One
-- that has been called off meanwhile stays so. Endpoints that want only the newest, named twice, have no
-- lane for what has no key, and of their lanes any delivery may be the first.
WITH asked AS MATERIALIZED (
  SELECT *
  FROM unnest(?::uuid[], ?::boolean[], ?::text[]::timestamptz[]) WITH ORDINALITY
    AS asked(delivery_id, in_lane, due_at, number)
), held AS MATERIALIZED (
  SELECT delivery.delivery_id, delivery.endpoint_id, delivery.ordering_key,
    coalesce(delivery.ordering_key, '') AS lane_key, asked.number, asked.due_at, newest.newest_only,
    asked.in_lane AND (delivery.ordering_key IS NOT NULL OR NOT newest.newest_only) AS in_lane
  FROM asked
  JOIN delivery ON delivery.project_id = ? AND delivery.delivery_id = asked.delivery_id
  CROSS JOIN LATERAL (SELECT delivery.endpoint_id = ANY (?) AS newest_only) AS newest
  WHERE delivery.state = 'waiting' AND delivery.lane_seq IS NULL AND delivery.due_at = 'infinity'
  ORDER BY delivery.delivery_id
  FOR UPDATE OF delivery
), growing AS MATERIALIZED (
  SELECT endpoint_id, lane_key, count(*) AS more,
    CASE WHEN bool_or(newest_only) THEN min(due_at) ELSE (array_agg(due_at ORDER BY number))[1] END AS due_at
  FROM held WHERE in_lane GROUP BY endpoint_id, lane_key
), grown AS (
  INSERT INTO lane (project_id, endpoint_id, ordering_key, last_seq, done_seq, due_at)
  SELECT ?, endpoint_id, lane_key, more, 0, due_at
  FROM growing ORDER BY endpoint_id, lane_key
  ON CONFLICT (project_id, endpoint_id, ordering_key) DO UPDATE SET
    last_seq = lane.last_seq + excluded.last_seq,
    due_at = CASE
      WHEN lane.done_seq = lane.last_seq THEN excluded.due_at
      WHEN lane.endpoint_id = ANY (?) THEN least(lane.due_at, excluded.due_at)
      ELSE lane.due_at END
  RETURNING endpoint_id, ordering_key AS lane_key, last_seq
), placed AS MATERIALIZED (
  SELECT held.delivery_id, held.in_lane, held.due_at,
    CASE WHEN held.in_lane THEN held.lane_key ELSE held.ordering_key END AS ordering_key,
    grown.last_seq + 1 - row_number() OVER (
      PARTITION BY held.endpoint_id, held.lane_key, held.in_lane
      ORDER BY held.number DESC) AS lane_seq
  FROM held
  LEFT JOIN grown
    ON held.in_lane AND grown.endpoint_id = held.endpoint_id AND grown.lane_key = held.lane_key
)
UPDATE delivery
SET due_at = placed.due_at, lane_seq = placed.lane_seq, ordering_key = placed.ordering_key
FROM placed
WHERE delivery.project_id = ? AND delivery.delivery_id = placed.delivery_id
RETURNING delivery.endpoint_id, placed.in_lane, delivery.due_at
