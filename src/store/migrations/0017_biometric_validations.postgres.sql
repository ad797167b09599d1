-- oldest: 9
-- What a validation by face has beside what every validation has.
CREATE TABLE biometric_validations (
    validation_id    TEXT COLLATE "C" PRIMARY KEY,
    face_id          TEXT COLLATE "C",             -- that it enrols; NULL: compares with what is enrolled
    replaces         BIGINT NOT NULL, -- that face takes the place of all earlier ones
    advances_login   BIGINT NOT NULL, -- 0: only enrols, after a login that is complete
    needs_liveness   BIGINT NOT NULL,
    challenge        TEXT COLLATE "C" NOT NULL,    -- face/challenge.h
    challenged_at    BIGINT NOT NULL,
    face_done_at     BIGINT,
    liveness_done_at BIGINT,
    assurance        TEXT COLLATE "C"              -- low, passive, active; NULL until liveness is done
);
