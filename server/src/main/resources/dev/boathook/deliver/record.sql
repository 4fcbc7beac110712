-- Outcomes of attempts: the deliveries move if they are still as they were before the attempt, the
-- attempts are kept in any case. Nothing is written of a shard that is not held as it was when the
-- attempt began; FOR SHARE keeps it so until the commit. With a delivery its lane moves on: past it, or
-- to its next try. Answers the slots of the shards that are held, which deliveries moved, and how many
-- were superseded by them, by project.
WITH held AS MATERIALIZED (
  SELECT asked.slot
  FROM unnest(?::int[], ?::bigint[]) WITH ORDINALITY AS asked(shard, epoch, slot)
  JOIN shard ON shard.shard = asked.shard AND shard.epoch = asked.epoch AND shard.nonce = ?
  ORDER BY shard.shard
  FOR SHARE OF shard
), done AS MATERIALIZED (
  SELECT * FROM unnest(
    ?::bigint[], ?::uuid[], ?::uuid[], ?::int[], ?::text[], ?::text[]::timestamptz[],
    ?::text[]::timestamptz[], ?::text[], ?::int[], ?::text[]::timestamptz[], ?::bigint[], ?::text[],
    ?::text[], ?::text[], ?::text[], ?::bytea[], ?::boolean[], ?::boolean[], ?::boolean[])
  AS t(slot, project_id, delivery_id, number, state, due_at, finished_at, outcome,
    status, started_at, duration_micros, detail, remote_address, request_headers, response_headers,
    response_body, response_truncated, halts_lane, supersedes)
  WHERE slot = ANY ((SELECT array_agg(slot) FROM held)::bigint[])
), logged AS (
  INSERT INTO attempt (
    project_id, delivery_id, number, started_at, duration_micros, outcome, status, detail,
    remote_address, request_headers, response_headers, response_body, response_truncated)
  SELECT
    project_id, delivery_id, number, started_at, duration_micros, outcome, status, detail,
    remote_address, request_headers, response_headers, response_body, response_truncated
  FROM done
  ON CONFLICT DO NOTHING
), moved AS (
  UPDATE delivery SET
    state = done.state, attempts = done.number, due_at = done.due_at,
    finished_at = done.finished_at, last_outcome = done.outcome, last_status = done.status
  FROM done
  WHERE delivery.project_id = done.project_id AND delivery.delivery_id = done.delivery_id
    AND delivery.state = 'waiting' AND delivery.attempts = done.number - 1
  RETURNING delivery.project_id, delivery.delivery_id, delivery.endpoint_id, delivery.ordering_key,
    delivery.lane_seq, done.due_at, done.finished_at, done.halts_lane, done.supersedes
), locked AS MATERIALIZED (
  -- In the order in which accepting locks them, so that the two cannot deadlock.
  SELECT moved.*
  FROM moved JOIN lane ON lane.project_id = moved.project_id
    AND lane.endpoint_id = moved.endpoint_id AND lane.ordering_key = moved.ordering_key
  WHERE moved.lane_seq IS NOT NULL
  ORDER BY lane.project_id, lane.endpoint_id, lane.ordering_key
  FOR UPDATE OF lane
), lanes AS (
  UPDATE lane SET
    -- Where only the newest is wanted, it may be due before what has just been tried.
    due_at = CASE WHEN locked.supersedes AND lane.last_seq > locked.lane_seq
      THEN least(lane.due_at, locked.due_at) ELSE locked.due_at END,
    done_seq = CASE WHEN locked.finished_at IS NULL THEN lane.done_seq
      ELSE greatest(lane.done_seq, locked.lane_seq) END,
    halted_at = CASE WHEN locked.halts_lane THEN locked.finished_at ELSE lane.halted_at END,
    halted_by = CASE WHEN locked.halts_lane THEN locked.delivery_id ELSE lane.halted_by END
  FROM locked
  WHERE lane.project_id = locked.project_id AND lane.endpoint_id = locked.endpoint_id
    AND lane.ordering_key = locked.ordering_key
), superseded AS (
  UPDATE delivery SET
    state = 'cancelled', finished_at = moved.finished_at, last_outcome = 'superseded'
  FROM moved
  WHERE moved.supersedes AND moved.finished_at IS NOT NULL
    AND delivery.project_id = moved.project_id
    AND delivery.endpoint_id = moved.endpoint_id AND delivery.ordering_key = moved.ordering_key
    AND delivery.lane_seq < moved.lane_seq AND delivery.state = 'waiting'
  RETURNING delivery.project_id
)
SELECT slot, NULL::uuid, NULL::uuid, NULL::bigint FROM held
UNION ALL
SELECT NULL, delivery_id, NULL, NULL FROM moved
UNION ALL
SELECT NULL, NULL, project_id, count(*) FROM superseded GROUP BY project_id
