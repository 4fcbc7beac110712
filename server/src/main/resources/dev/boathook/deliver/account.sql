-- Both sides of the promise in one statement, and so in one snapshot. A delivery that a replay has made
-- is a replay also where there was none before that it could repeat.
SELECT accepted.*, made.*
FROM (
  SELECT count(*) AS events, coalesce(sum(matched), 0) AS matches
  FROM event WHERE project_id = :project
) AS accepted, (
  SELECT
    count(*) FILTER (WHERE NOT repeated AND state = 'waiting') AS waiting,
    count(*) FILTER (WHERE NOT repeated AND state = 'delivered') AS delivered,
    count(*) FILTER (WHERE NOT repeated AND state = 'dead') AS dead,
    count(*) FILTER (WHERE NOT repeated AND state = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE repeated AND state = 'waiting') AS replays_waiting,
    count(*) FILTER (WHERE repeated AND state = 'delivered') AS replays_delivered,
    count(*) FILTER (WHERE repeated AND state = 'dead') AS replays_dead,
    count(*) FILTER (WHERE repeated AND state = 'cancelled') AS replays_cancelled
  FROM (
    SELECT state, replay_of IS NOT NULL OR replay_id IS NOT NULL AS repeated
    FROM delivery WHERE project_id = :project
  ) AS each
) AS made
