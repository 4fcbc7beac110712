-- New deliveries of known events. Those in a lane get its next places, in the order in which they are
-- given, under the lock of the lane's row; lanes are locked in one order by everybody.
WITH offered AS MATERIALIZED (
  SELECT *
  FROM unnest(
    ?::uuid[], ?::uuid[], ?::uuid[], ?::text[], ?::boolean[], ?::text[]::timestamptz[], ?::uuid[],
    ?::uuid[]) WITH ORDINALITY
  AS delivery(delivery_id, event_id, endpoint_id, ordering_key, in_lane, due_at, replay_of, replay_id,
    number)
), growing AS MATERIALIZED (
  SELECT endpoint_id, ordering_key, count(*) AS more, min(due_at) AS due_at
  FROM offered WHERE in_lane GROUP BY endpoint_id, ordering_key
), grown AS (
  INSERT INTO lane (project_id, endpoint_id, ordering_key, last_seq, done_seq, due_at)
  SELECT ?, endpoint_id, ordering_key, more, 0, due_at
  FROM growing ORDER BY endpoint_id, ordering_key
  ON CONFLICT (project_id, endpoint_id, ordering_key) DO UPDATE SET
    last_seq = lane.last_seq + excluded.last_seq,
    due_at = CASE WHEN lane.done_seq = lane.last_seq THEN excluded.due_at ELSE lane.due_at END
  RETURNING endpoint_id, ordering_key, last_seq
), placed AS (
  SELECT offered.*,
    grown.last_seq - growing.more + row_number() OVER (
      PARTITION BY offered.endpoint_id, offered.ordering_key, offered.in_lane
      ORDER BY offered.number) AS lane_seq
  FROM offered
  LEFT JOIN growing ON offered.in_lane
    AND growing.endpoint_id = offered.endpoint_id AND growing.ordering_key = offered.ordering_key
  LEFT JOIN grown ON offered.in_lane
    AND grown.endpoint_id = offered.endpoint_id AND grown.ordering_key = offered.ordering_key
)
INSERT INTO delivery (
  project_id, delivery_id, event_id, endpoint_id, ordering_key, state, attempts, due_at, replay_of,
  lane_seq, replay_id)
SELECT
  ?, delivery_id, event_id, endpoint_id, ordering_key, 'waiting', 0, due_at, replay_of, lane_seq,
  replay_id
FROM placed
