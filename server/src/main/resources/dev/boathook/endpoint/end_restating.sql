-- Unless it was changed meanwhile: then its lanes say it once more.
UPDATE endpoint SET restating = false
WHERE project_id = :project AND endpoint_id = :id AND version = :version
