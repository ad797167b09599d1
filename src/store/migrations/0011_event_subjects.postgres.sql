-- oldest: 9
-- What an event is about where no other column names it: the webhook, face, source or import.
ALTER TABLE events ADD COLUMN subject_id TEXT COLLATE "C";
