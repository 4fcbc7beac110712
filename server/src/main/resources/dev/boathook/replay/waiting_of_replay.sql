SELECT delivery_id FROM delivery
WHERE project_id = :project AND replay_id = :replay AND state = 'waiting' AND delivery_id > :after
ORDER BY delivery_id LIMIT :limit
