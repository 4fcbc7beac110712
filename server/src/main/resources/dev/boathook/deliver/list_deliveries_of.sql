-- As list_deliveries.sql, of one endpoint or of all of a consumer's, however few of all deliveries are theirs:
-- each endpoint's along its own index. Rows are compared as a whole, since with the endpoint as a constant the
-- primary key would give the same order, and be read past everybody's deliveries.
SELECT theirs.*
FROM (
  SELECT endpoint_id FROM endpoint
  WHERE project_id = :project
    AND (:endpoint::uuid IS NULL OR endpoint_id = :endpoint::uuid)
    AND (:consumer::uuid IS NULL OR consumer_id = :consumer::uuid)
) AS named
CROSS JOIN LATERAL (
  SELECT * FROM shown_delivery AS delivery
  WHERE project_id = :project
    AND (delivery.endpoint_id, delivery.delivery_id)
      < (named.endpoint_id, coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    AND (delivery.endpoint_id, delivery.delivery_id)
      > (named.endpoint_id, '00000000-0000-0000-0000-000000000000')
    AND (:state::text IS NULL OR state = :state::text)
  ORDER BY delivery.endpoint_id DESC, delivery.delivery_id DESC
  LIMIT :limit
) AS theirs
ORDER BY theirs.delivery_id DESC
LIMIT :limit
