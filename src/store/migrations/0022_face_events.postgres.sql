-- oldest: 9
-- How looks at faces ended, for statistics; other events don't pay for it.
CREATE INDEX events_of_faces ON events (project_id, at)
    WHERE type IN ('face.matched', 'face.not_matched', 'liveness.passed', 'liveness.failed');
