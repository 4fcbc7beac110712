-- Events that were delivered at once, as if accepted one by one in the last hours, each with a dedupe
-- key: parameters are how many, since how many seconds, the project, the consumer, its endpoint.
WITH each AS (
  SELECT make_interval(secs => -seconds * (1 - number / count::float8)) AS since
  FROM (SELECT ?::int AS count, ?::float8 AS seconds) AS asked, generate_series(1, count) AS number
), made AS MATERIALIZED (
  SELECT uuidv7(since) AS event_id, uuidv7(since) AS delivery_id, now() + since AS at FROM each
), events AS (
  INSERT INTO boathook.event (project_id, event_id, origin_kind, origin_id, type, accepted_at,
    verified, matched, content_type, headers, body)
  SELECT ?, event_id, 'consumer', ?, 'history', at, true, 1, 'application/json', '[]',
    convert_to(rpad('{"id":"' || event_id || '","text":"', 1022, md5(event_id::text)) || '"}', 'UTF8')
  FROM made
), keys AS (
  INSERT INTO boathook.dedupe (project_id, origin_id, dedupe_key, event_id, body_hash, first_seen,
    expires_at)
  SELECT ?, ?, event_id::text, event_id, sha256(uuid_send(event_id)), at, at + interval '7 days'
  FROM made
), deliveries AS (
  INSERT INTO boathook.delivery (project_id, delivery_id, event_id, endpoint_id, state, attempts,
    due_at, finished_at, last_outcome, last_status)
  SELECT ?, delivery_id, event_id, ?, 'delivered', 1, at, at + interval '5 ms', 'delivered', 204
  FROM made
)
INSERT INTO boathook.attempt (project_id, delivery_id, number, started_at, duration_micros, outcome,
  status, detail, remote_address, request_headers, response_headers, response_body,
  response_truncated)
SELECT ?, delivery_id, 1, at, 1500, 'delivered', 204, '', '127.0.0.1', '[]', '[]', '', false
FROM made
