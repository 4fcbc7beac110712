SELECT directory_version = ? FROM project WHERE project_id = ? FOR SHARE
