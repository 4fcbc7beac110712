DELETE FROM duplicate_conflict
WHERE ctid = ANY (ARRAY(SELECT ctid FROM duplicate_conflict WHERE seen_at < :before LIMIT :limit))
