SELECT add_partitions(:day)::text
