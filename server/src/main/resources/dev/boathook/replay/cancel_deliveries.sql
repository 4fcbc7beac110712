UPDATE delivery SET state = 'cancelled', finished_at = :now, last_outcome = 'cancelled'
FROM unnest(:ids::uuid[]) AS named(delivery_id)
WHERE delivery.project_id = :project AND delivery.delivery_id = named.delivery_id
  AND delivery.state = 'waiting'
RETURNING delivery.delivery_id, delivery.endpoint_id, delivery.ordering_key, delivery.lane_seq
