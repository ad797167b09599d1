-- oldest: 9
-- Enrolled faces, what people consented to, and pictures that were seen. Pictures themselves are never kept.

-- One for each person with a face; it seals everything of them below. When it goes, that can be read no more.
CREATE TABLE face_keys (
    project_id TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,     -- fkey_...: how the list of what was destroyed names it
    sealed_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, user_id)
);

CREATE TABLE faces (
    id              TEXT COLLATE "C" PRIMARY KEY,
    project_id      TEXT COLLATE "C" NOT NULL,
    user_id         TEXT COLLATE "C" NOT NULL,
    key_id          TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,    -- provisional, active
    model           TEXT COLLATE "C" NOT NULL,    -- of its numbers: those of another can't be compared
    pictures        BIGINT NOT NULL,
    sealed_template BYTEA NOT NULL,    -- under the person's key
    consent_id      TEXT COLLATE "C",
    validation_id   TEXT COLLATE "C",             -- that enrols it; NULL: enrolled at once
    created_at      BIGINT NOT NULL,
    activated_at    BIGINT,
    used_at         BIGINT NOT NULL, -- last login with it, or its enrolment
    change_number   BIGINT NOT NULL  -- of the project, when it last changed
);
CREATE INDEX faces_of_user ON faces (project_id, user_id);
CREATE INDEX faces_by_change ON faces (project_id, change_number);
CREATE INDEX faces_by_use ON faces (project_id, used_at);
CREATE INDEX faces_provisional ON faces (validation_id) WHERE status = 'provisional';

CREATE TABLE face_projects (
    project_id        TEXT COLLATE "C" PRIMARY KEY,
    change_number     BIGINT NOT NULL,  -- rises with every change of an active face
    sealed_digest_key BYTEA NOT NULL      -- keys the digests of its pictures
);

-- What was destroyed, to be destroyed again in whatever an old backup brings back. The ids tell nothing.
CREATE TABLE destroyed_faces (
    sequence      BIGINT PRIMARY KEY,
    id            TEXT COLLATE "C" NOT NULL,     -- face_... or fkey_...
    project_id    TEXT COLLATE "C" NOT NULL,
    change_number BIGINT NOT NULL   -- of the project
);
CREATE INDEX destroyed_faces_by_change ON destroyed_faces (project_id, change_number);

CREATE TABLE consents (
    id           TEXT COLLATE "C" PRIMARY KEY,
    project_id   TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL,
    text_version TEXT COLLATE "C" NOT NULL,    -- of the words that the person was shown
    accepted_at  BIGINT NOT NULL, -- as the caller says
    client_ip    TEXT COLLATE "C",             -- of the person, as the caller says
    recorded_at  BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX consents_of_user ON consents (project_id, user_id);

CREATE TABLE seen_pictures (
    project_id    TEXT COLLATE "C" NOT NULL,
    digest        BYTEA NOT NULL,    -- keyed; of the picture's bytes
    validation_id TEXT COLLATE "C" NOT NULL,    -- empty: enrolled without one
    user_id       TEXT COLLATE "C" NOT NULL,
    seen_as       TEXT COLLATE "C" NOT NULL,    -- enrolled, matched, live
    sealed_print  BYTEA NOT NULL,    -- under the person's key
    seen_at       BIGINT NOT NULL,
    PRIMARY KEY (project_id, digest, validation_id)
);
CREATE INDEX seen_pictures_of_user ON seen_pictures (project_id, user_id, seen_at);
CREATE INDEX seen_pictures_by_age ON seen_pictures (seen_at);
