-- Newest first. Ids rise with the time of acceptance, so times are looked up by id: that reads only
-- the partitions of those days.
SELECT event_id, origin_kind, origin_id, type, ordering_key, external_id, accepted_at, occurred_at,
  verified, late, content_type, octet_length(body) AS body_bytes
FROM event
WHERE project_id = :project
  AND event_id < coalesce(:before::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
  AND (:origin::uuid IS NULL OR origin_id = :origin::uuid AND origin_kind = :originKind::text)
  AND (:type::text IS NULL OR type = :type::text)
  AND (:key::text IS NULL OR ordering_key = :key::text)
  AND (:externalId::text IS NULL OR external_id = :externalId::text)
  AND (:since::timestamptz IS NULL OR event_id >= first_uuid_of(:since::timestamptz))
  AND (:until::timestamptz IS NULL OR event_id < first_uuid_of(:until::timestamptz))
ORDER BY event_id DESC
LIMIT :limit
