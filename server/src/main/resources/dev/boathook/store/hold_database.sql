SELECT pg_advisory_lock(hashtext('boathook.server'))
