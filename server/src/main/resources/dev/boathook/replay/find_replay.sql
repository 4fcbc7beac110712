SELECT project_id, replay_id, key_id, created_at, state, failure, finished_at, cancelled_by, choice,
  endpoint_id, origin_kind, origin_id, types, ordering_key, since, until, rate_per_second, matched, made,
  passed, next_at
FROM replay WHERE project_id = :project AND replay_id = :id
