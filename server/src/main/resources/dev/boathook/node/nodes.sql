-- How many nodes share the shards, which those that stop do not, what time it is by the store, and the furthest time by which a node goes whose
-- lease has not run out. When the store's clock was set back since it was renewed, that node's time is taken
-- as it was then: it is a little later now.
SELECT count(*) FILTER (WHERE NOT stopping), clock_timestamp(),
  max(greatest(clock_timestamp(), expires_at - ? * interval '1 millisecond')
    + ahead_millis * interval '1 millisecond')
  FILTER (WHERE expires_at >= clock_timestamp())
FROM node
