-- A delivery as far as it matters to what is done with it, with whether a lane halts behind its event, and
-- which other delivery of its event to its endpoint waits.
SELECT state, event_id, endpoint_id, ordering_key, lane_seq,
  EXISTS (
    SELECT FROM event
    WHERE event.project_id = delivery.project_id AND event.event_id = delivery.event_id
  ) AS has_event,
  EXISTS (
    SELECT FROM lane
    JOIN delivery AS head ON head.project_id = lane.project_id AND head.delivery_id = lane.halted_by
    WHERE lane.project_id = delivery.project_id AND lane.endpoint_id = delivery.endpoint_id
      AND lane.ordering_key = delivery.ordering_key AND head.event_id = delivery.event_id
  ) AS halts_lane,
  (
    SELECT later.delivery_id FROM delivery AS later
    WHERE later.project_id = delivery.project_id AND later.event_id = delivery.event_id
      AND later.endpoint_id = delivery.endpoint_id AND later.delivery_id <> delivery.delivery_id
      AND later.state = 'waiting'
    ORDER BY later.delivery_id DESC LIMIT 1
  ) AS repeated_by
FROM delivery WHERE project_id = :project AND delivery_id = :id
