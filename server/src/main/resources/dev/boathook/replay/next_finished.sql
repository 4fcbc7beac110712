-- The next finished deliveries in one of the wanted states, the oldest first, with what their events
-- are, and whether a later delivery has taken their place. Deliveries of events that are not kept any
-- more have no type. So many rows are looked at and no more, however few of them are wanted: dead
-- letters, all of the project, or those to certain endpoints, each along its own index. The last one
-- that was looked at is always answered, and how many there were. The dead head of a halted lane is not
-- wanted: only what lets its lane go on delivers it again. An attempt that ended after its delivery was
-- called off is not counted there, but stands among the attempts.
WITH seen AS MATERIALIZED (
  (
    SELECT delivery_id, event_id, endpoint_id, ordering_key, lane_seq, state, attempts, replay_id
    FROM delivery
    WHERE :dead
      AND project_id = :project AND delivery_id > :after AND delivery_id < :replay
      AND state = 'dead'
    ORDER BY delivery_id LIMIT :limit
  ) UNION ALL (
    SELECT delivery_id, event_id, endpoint_id, ordering_key, lane_seq, state, attempts, replay_id
    FROM delivery
    WHERE NOT :dead AND :endpoints::uuid[] IS NULL
      AND project_id = :project AND delivery_id > :after AND delivery_id < :replay
    ORDER BY delivery_id LIMIT :limit
  ) UNION ALL (
    SELECT theirs.*
    FROM unnest(:endpoints::uuid[]) AS named(endpoint_id) CROSS JOIN LATERAL (
      SELECT delivery_id, event_id, endpoint_id, ordering_key, lane_seq, state, attempts, replay_id
      FROM delivery
      WHERE NOT :dead
        AND project_id = :project AND delivery.endpoint_id = named.endpoint_id
        AND delivery_id > :after AND delivery_id < :replay
      ORDER BY delivery_id LIMIT :limit
    ) AS theirs
    ORDER BY theirs.delivery_id LIMIT :limit
  )
), candidate AS MATERIALIZED (
  SELECT seen.*, row_number() OVER (ORDER BY delivery_id) AS number, count(*) OVER () AS looked_at,
    state = ANY (:states::text[]) AND (NOT :unattempted OR attempts = 0)
    AND replay_id IS DISTINCT FROM :replay
    AND (:endpoints::uuid[] IS NULL OR endpoint_id = ANY (:endpoints::uuid[])) AS wanted
  FROM seen
)
SELECT candidate.delivery_id AS id, candidate.delivery_id, candidate.event_id, candidate.endpoint_id,
  candidate.ordering_key, candidate.lane_seq, event.origin_kind, event.origin_id, event.type,
  event.ordering_key AS event_key, candidate.looked_at,
  NOT candidate.wanted OR EXISTS (
    SELECT FROM lane
    WHERE lane.project_id = :project AND lane.endpoint_id = candidate.endpoint_id
      AND lane.ordering_key = candidate.ordering_key
      AND lane.halted_by = candidate.delivery_id
  ) OR (:unattempted AND EXISTS (
    SELECT FROM attempt
    WHERE attempt.project_id = :project AND attempt.delivery_id = candidate.delivery_id
  )) OR EXISTS (
    SELECT FROM delivery AS later
    WHERE later.project_id = :project AND later.event_id = candidate.event_id
      AND later.endpoint_id = candidate.endpoint_id
      AND (later.delivery_id > candidate.delivery_id OR later.replay_of = candidate.delivery_id)
  ) AS settled
FROM candidate
LEFT JOIN event ON event.project_id = :project AND event.event_id = candidate.event_id
WHERE candidate.wanted OR candidate.number = candidate.looked_at
ORDER BY candidate.delivery_id
