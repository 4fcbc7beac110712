INSERT INTO endpoint_failing (project_id, endpoint_id, since) VALUES (?, ?, ?::timestamptz)
ON CONFLICT (project_id, endpoint_id) DO UPDATE SET since = excluded.since
