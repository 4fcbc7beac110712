-- Only while the rate is the one that was seen: another one that was set meanwhile stays.
UPDATE endpoint
SET resume_rate = NULL, resume_burst = NULL, updated_at = :now, version = :version
WHERE project_id = :project AND endpoint_id = :id AND deleted_at IS NULL AND status = 'active'
  AND resume_rate = :resumeRate AND resume_burst = :resumeBurst
