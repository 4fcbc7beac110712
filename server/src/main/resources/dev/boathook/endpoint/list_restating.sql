SELECT project_id, endpoint_id, version FROM endpoint WHERE restating
