-- Of two who want to replay it at once, the second sees what the first has made.
SELECT delivery_id FROM delivery WHERE project_id = :project AND delivery_id = :id FOR UPDATE
