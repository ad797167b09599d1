-- oldest: 9
-- What a validation by face has beside what every validation has.
CREATE TABLE biometric_validations (
    validation_id    TEXT PRIMARY KEY,
    face_id          TEXT,             -- that it enrols; NULL: compares with what is enrolled
    replaces         INTEGER NOT NULL, -- that face takes the place of all earlier ones
    advances_login   INTEGER NOT NULL, -- 0: only enrols, after a login that is complete
    needs_liveness   INTEGER NOT NULL,
    challenge        TEXT NOT NULL,    -- face/challenge.h
    challenged_at    INTEGER NOT NULL,
    face_done_at     INTEGER,
    liveness_done_at INTEGER,
    assurance        TEXT              -- low, passive, active; NULL until liveness is done
) STRICT, WITHOUT ROWID;
