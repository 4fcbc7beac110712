SELECT add_partition(:parent, :day)::text
