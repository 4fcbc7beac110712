DELETE FROM sequence_gap
WHERE ctid = ANY (ARRAY(SELECT ctid FROM sequence_gap WHERE found_at < :before LIMIT :limit))
