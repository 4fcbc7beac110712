-- Outcomes of attempts: the deliveries move if they are still as they were before the attempt, the
-- attempts are kept in any case. Answers which deliveries moved.
WITH done AS MATERIALIZED (
  SELECT * FROM unnest(
    ?::uuid[], ?::uuid[], ?::int[], ?::text[], ?::text[]::timestamptz[],
    ?::text[]::timestamptz[], ?::text[], ?::int[], ?::text[]::timestamptz[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
    ?::bytea[], ?::boolean[])
  AS t(project_id, delivery_id, number, state, due_at, finished_at, outcome,
    status, started_at, duration_micros, detail, remote_address, request_headers, response_headers,
    response_body, response_truncated)
), logged AS (
  INSERT INTO attempt (
    project_id, delivery_id, number, started_at, duration_micros, outcome, status, detail,
    remote_address, request_headers, response_headers, response_body, response_truncated)
  SELECT
    project_id, delivery_id, number, started_at, duration_micros, outcome, status, detail,
    remote_address, request_headers, response_headers, response_body, response_truncated
  FROM done
  ON CONFLICT DO NOTHING
)
UPDATE delivery SET
  state = done.state, attempts = done.number, due_at = done.due_at,
  finished_at = done.finished_at, last_outcome = done.outcome, last_status = done.status
FROM done
WHERE delivery.project_id = done.project_id AND delivery.delivery_id = done.delivery_id
  AND delivery.state = 'waiting' AND delivery.attempts = done.number - 1
RETURNING delivery.delivery_id
