-- Deliveries are locked by their ids, as everybody does who locks several.
WITH locked AS MATERIALIZED (
  SELECT delivery.delivery_id
  FROM unnest(:ids::uuid[]) AS named(delivery_id)
  JOIN delivery ON delivery.project_id = :project AND delivery.delivery_id = named.delivery_id
  WHERE delivery.state = 'waiting'
  ORDER BY delivery.delivery_id
  FOR UPDATE OF delivery
)
UPDATE delivery SET state = 'cancelled', finished_at = :now, last_outcome = 'cancelled'
FROM locked
WHERE delivery.project_id = :project AND delivery.delivery_id = locked.delivery_id
  AND delivery.state = 'waiting'
RETURNING delivery.delivery_id, delivery.endpoint_id, delivery.ordering_key, delivery.lane_seq
