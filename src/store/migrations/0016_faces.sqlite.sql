-- oldest: 9
-- Enrolled faces, what people consented to, and pictures that were seen. Pictures themselves are never kept.

-- One for each person with a face; it seals everything of them below. When it goes, that can be read no more.
CREATE TABLE face_keys (
    project_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    id         TEXT NOT NULL,     -- fkey_...: how the list of what was destroyed names it
    sealed_key BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE faces (
    id              TEXT PRIMARY KEY,
    project_id      TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    key_id          TEXT NOT NULL,
    status          TEXT NOT NULL,    -- provisional, active
    model           TEXT NOT NULL,    -- of its numbers: those of another can't be compared
    pictures        INTEGER NOT NULL,
    sealed_template BLOB NOT NULL,    -- under the person's key
    consent_id      TEXT,
    validation_id   TEXT,             -- that enrols it; NULL: enrolled at once
    created_at      INTEGER NOT NULL,
    activated_at    INTEGER,
    used_at         INTEGER NOT NULL, -- last login with it, or its enrolment
    change_number   INTEGER NOT NULL  -- of the project, when it last changed
) STRICT, WITHOUT ROWID;
CREATE INDEX faces_of_user ON faces (project_id, user_id);
CREATE INDEX faces_by_change ON faces (project_id, change_number);
CREATE INDEX faces_by_use ON faces (project_id, used_at);
CREATE INDEX faces_provisional ON faces (validation_id) WHERE status = 'provisional';

CREATE TABLE face_projects (
    project_id        TEXT PRIMARY KEY,
    change_number     INTEGER NOT NULL,  -- rises with every change of an active face
    sealed_digest_key BLOB NOT NULL      -- keys the digests of its pictures
) STRICT, WITHOUT ROWID;

-- What was destroyed, to be destroyed again in whatever an old backup brings back. The ids tell nothing.
CREATE TABLE destroyed_faces (
    sequence      INTEGER PRIMARY KEY,
    id            TEXT NOT NULL,     -- face_... or fkey_...
    project_id    TEXT NOT NULL,
    change_number INTEGER NOT NULL   -- of the project
) STRICT;
CREATE INDEX destroyed_faces_by_change ON destroyed_faces (project_id, change_number);

CREATE TABLE consents (
    id           TEXT PRIMARY KEY,
    project_id   TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    text_version TEXT NOT NULL,    -- of the words that the person was shown
    accepted_at  INTEGER NOT NULL, -- as the caller says
    client_ip    TEXT,             -- of the person, as the caller says
    recorded_at  INTEGER NOT NULL,
    withdrawn_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_of_user ON consents (project_id, user_id);

CREATE TABLE seen_pictures (
    project_id    TEXT NOT NULL,
    digest        BLOB NOT NULL,    -- keyed; of the picture's bytes
    validation_id TEXT NOT NULL,    -- empty: enrolled without one
    user_id       TEXT NOT NULL,
    seen_as       TEXT NOT NULL,    -- enrolled, matched, live
    sealed_print  BLOB NOT NULL,    -- under the person's key
    seen_at       INTEGER NOT NULL,
    PRIMARY KEY (project_id, digest, validation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_pictures_of_user ON seen_pictures (project_id, user_id, seen_at);
CREATE INDEX seen_pictures_by_age ON seen_pictures (seen_at);
