SELECT EXISTS (
  SELECT FROM endpoint WHERE project_id = :project AND endpoint_id = :id AND policy <> :policy)
