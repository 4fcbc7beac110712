SELECT number, started_at, duration_micros, outcome, status, detail, remote_address,
  request_headers, response_headers, response_body, response_truncated
FROM attempt WHERE project_id = :project AND delivery_id = :id ORDER BY number
