INSERT INTO instance (key_check) VALUES (:check) ON CONFLICT DO NOTHING
