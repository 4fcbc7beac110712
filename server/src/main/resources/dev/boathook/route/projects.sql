SELECT project_id, name, directory_version FROM project
