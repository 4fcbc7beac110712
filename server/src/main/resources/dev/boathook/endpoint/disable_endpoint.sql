-- Only while it is still as it was when it said so.
UPDATE endpoint SET
  status = 'disabled', status_reason = :reason, resume_rate = NULL, resume_burst = NULL,
  updated_at = :now, version = :version
WHERE project_id = :project AND endpoint_id = :id AND deleted_at IS NULL
  AND status = 'active' AND updated_at = :changedAt
