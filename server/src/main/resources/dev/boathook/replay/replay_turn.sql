-- One node at a time works on the replays of a project, so that what one batch has made, the next one
-- sees, of whichever replay it is.
SELECT pg_try_advisory_xact_lock(hashtext('boathook.replays'), hashtext(:project::text))
