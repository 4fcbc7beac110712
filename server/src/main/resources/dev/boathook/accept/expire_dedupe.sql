-- Keys whose window has ended, some at a time.
DELETE FROM dedupe
WHERE ctid = ANY (ARRAY(SELECT ctid FROM dedupe WHERE expires_at < :now LIMIT :limit))
  AND expires_at < :now
