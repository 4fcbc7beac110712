-- The next finished deliveries in one of the wanted states, the oldest first, with what their events
-- are, and whether a later delivery has taken their place. Deliveries of events that are not kept any
-- more have no type. Either all of the project, or those to certain endpoints, each found by its own
-- index.
WITH candidate AS MATERIALIZED (
  (
    SELECT delivery_id, event_id, endpoint_id, ordering_key, lane_seq
    FROM delivery
    WHERE :endpoints::uuid[] IS NULL
      AND project_id = :project AND delivery_id > :after AND delivery_id < :replay
      AND state = ANY (:states::text[]) AND (NOT :unattempted OR attempts = 0)
      AND replay_id IS DISTINCT FROM :replay
    ORDER BY delivery_id LIMIT :limit
  ) UNION ALL (
    SELECT theirs.delivery_id, theirs.event_id, theirs.endpoint_id, theirs.ordering_key,
      theirs.lane_seq
    FROM unnest(:endpoints::uuid[]) AS named(endpoint_id) CROSS JOIN LATERAL (
      SELECT delivery_id, event_id, endpoint_id, ordering_key, lane_seq
      FROM delivery
      WHERE project_id = :project AND delivery.endpoint_id = named.endpoint_id
        AND delivery_id > :after AND delivery_id < :replay
        AND state = ANY (:states::text[]) AND (NOT :unattempted OR attempts = 0)
        AND replay_id IS DISTINCT FROM :replay
      ORDER BY delivery_id LIMIT :limit
    ) AS theirs
    ORDER BY theirs.delivery_id LIMIT :limit
  )
)
SELECT candidate.delivery_id AS id, candidate.delivery_id, candidate.event_id, candidate.endpoint_id,
  candidate.ordering_key, candidate.lane_seq, event.origin_kind, event.origin_id, event.type,
  event.ordering_key AS event_key,
  EXISTS (
    SELECT FROM delivery AS later
    WHERE later.project_id = :project AND later.event_id = candidate.event_id
      AND later.endpoint_id = candidate.endpoint_id AND later.delivery_id > candidate.delivery_id
  ) AS settled
FROM candidate
LEFT JOIN event ON event.project_id = :project AND event.event_id = candidate.event_id
ORDER BY candidate.delivery_id
