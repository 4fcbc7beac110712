-- Resources of which nothing has come for long, some at a time.
DELETE FROM sequence_resource
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sequence_resource WHERE seen_on < :before AND due_at IS NULL LIMIT :limit))
  AND seen_on < :before AND due_at IS NULL
