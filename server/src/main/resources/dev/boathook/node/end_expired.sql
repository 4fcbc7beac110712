-- Whoever renews at this moment goes before or after this, never both.
DELETE FROM node WHERE expires_at < clock_timestamp()
