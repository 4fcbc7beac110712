-- For the rest of the transaction: tables are read by their indexes and never as a whole, and statements
-- are planned for the very values that they are given, since those decide which index serves.
SELECT set_config(setting.name, setting.value, true)
FROM (VALUES ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'),
  ('plan_cache_mode', 'force_custom_plan')) AS setting(name, value)
