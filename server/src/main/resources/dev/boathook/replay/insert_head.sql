-- A new delivery of a halted lane's dead head, in the head's own place.
INSERT INTO delivery (
  project_id, delivery_id, event_id, endpoint_id, ordering_key, state, attempts, due_at, replay_of,
  lane_seq)
SELECT project_id, :newId, event_id, endpoint_id, ordering_key, 'waiting', 0, :now, delivery_id,
  lane_seq
FROM delivery WHERE project_id = :project AND delivery_id = :head
