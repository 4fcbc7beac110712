-- One node at a time makes partitions, and none waits long behind a reader: making one locks its parent
-- exclusively, and behind a lock that waits, everybody waits.
SELECT pg_advisory_xact_lock(hashtext('boathook.partitions')), set_config('lock_timeout', '500ms', true)
