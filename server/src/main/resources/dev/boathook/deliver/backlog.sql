-- What waits, a row a project: read from time to time, never at a scrape.
SELECT project_id, count(*) AS waiting, min(due_at) AS oldest_due_at
FROM (
  SELECT project_id, due_at FROM delivery WHERE state = 'waiting' AND lane_seq IS NULL
  UNION ALL
  SELECT project_id, due_at FROM delivery WHERE state = 'waiting' AND lane_seq IS NOT NULL
) AS waiting
GROUP BY project_id
