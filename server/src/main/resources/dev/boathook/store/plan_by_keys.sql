-- For the rest of the transaction tables are read by their indexes and never as a whole: the planner, who
-- knows no row counts of arrays, might choose to read whole partitions.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true), set_config('plan_cache_mode', ?, true)
