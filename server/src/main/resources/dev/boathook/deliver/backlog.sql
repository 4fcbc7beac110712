-- What waits, a row a project: read from time to time, never at a scrape.
SELECT project_id, count(*) AS waiting, min(due_at) AS oldest_due_at
FROM delivery WHERE state = 'waiting' GROUP BY project_id
