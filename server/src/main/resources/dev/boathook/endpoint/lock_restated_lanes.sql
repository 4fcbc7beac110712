-- The next lanes of an endpoint that are to say anew when they are due, locked in the order in which others
-- lock them, so that the two cannot deadlock. Only a statement after this one sees all that is in them.
SELECT ordering_key FROM lane
WHERE project_id = :project AND endpoint_id = :id AND done_seq < last_seq AND halted_at IS NULL
  AND (:after::text IS NULL OR ordering_key > :after)
ORDER BY ordering_key
LIMIT :lanes
FOR UPDATE
