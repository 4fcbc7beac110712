UPDATE project SET directory_version = directory_version + 1
WHERE project_id = :project RETURNING directory_version
