-- Both sides of the promise in one statement, and so in one snapshot.
SELECT accepted.*, made.*
FROM (
  SELECT count(*) AS events, coalesce(sum(matched), 0) AS matches
  FROM event WHERE project_id = :project
) AS accepted, (
  SELECT
    count(*) FILTER (WHERE replay_of IS NULL AND state = 'waiting') AS waiting,
    count(*) FILTER (WHERE replay_of IS NULL AND state = 'delivered') AS delivered,
    count(*) FILTER (WHERE replay_of IS NULL AND state = 'dead') AS dead,
    count(*) FILTER (WHERE replay_of IS NULL AND state = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE replay_of IS NOT NULL AND state = 'waiting') AS replays_waiting,
    count(*) FILTER (WHERE replay_of IS NOT NULL AND state = 'delivered') AS replays_delivered,
    count(*) FILTER (WHERE replay_of IS NOT NULL AND state = 'dead') AS replays_dead,
    count(*) FILTER (WHERE replay_of IS NOT NULL AND state = 'cancelled') AS replays_cancelled
  FROM delivery WHERE project_id = :project
) AS made
