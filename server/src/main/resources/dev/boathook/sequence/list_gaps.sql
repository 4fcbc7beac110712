SELECT gap_id, resource, first_missing, last_missing, cause, found_at
FROM sequence_gap
WHERE project_id = :project AND source_id = :source
  AND (:before::uuid IS NULL OR gap_id < :before::uuid)
ORDER BY gap_id DESC LIMIT :limit
