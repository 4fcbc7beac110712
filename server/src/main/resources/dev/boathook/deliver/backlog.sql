-- What waits, a row a project, and when the earliest is due of what is not held: read from time to
-- time, never at a scrape.
SELECT project_id, count(*) AS waiting,
  min(due_at) FILTER (WHERE due_at < 'infinity') AS oldest_due_at
FROM (
  SELECT project_id, due_at FROM delivery WHERE state = 'waiting' AND lane_seq IS NULL
  UNION ALL
  SELECT project_id, due_at FROM delivery WHERE state = 'waiting' AND lane_seq IS NOT NULL
) AS waiting
GROUP BY project_id
