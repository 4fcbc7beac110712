-- Whether the endpoint has had an order by which lanes begin at their other end: with the newest of what
-- waits, or with the first.
SELECT EXISTS (
  SELECT FROM endpoint
  WHERE project_id = :project AND endpoint_id = :id
    AND (policy::json ->> 'order' IS NOT DISTINCT FROM :latest) <> :newestOnly)
