INSERT INTO replay (
  project_id, replay_id, key_id, created_at, state, choice, endpoint_id, origin_kind, origin_id, types,
  ordering_key, since, until, rate_per_second, matched, made, passed, next_at)
SELECT :project::uuid, :id::uuid, :key::uuid, :now::timestamptz, 'running', :choice::text,
  :endpoint::uuid, :originKind::text, :origin::uuid, :types::text[], :orderingKey::text,
  :since::timestamptz, :until::timestamptz, :rate::double precision, :matched::bigint, 0,
  :passed::uuid, :now::timestamptz
WHERE (SELECT count(*) FROM replay WHERE project_id = :project AND state = 'running') < :maxRunning
