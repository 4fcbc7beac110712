SELECT directory_version FROM project WHERE project_id = :project FOR SHARE
