SELECT * FROM shown_delivery WHERE project_id = :project AND delivery_id = :id
