-- Projects, their people and keys, and logging in with a code by email.
--
-- Times are milliseconds since 1970, UTC. Ids sort by creation time, so tables are kept in the order of
-- their ids (WITHOUT ROWID) and lists need no other index. Columns named sealed_* hold bytes that only the
-- server's keys open.

CREATE TABLE store_health (
    checked INTEGER NOT NULL
) STRICT;
INSERT INTO store_health (checked) VALUES (0);

-- Numbers that only rise: "revocations".
CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE projects (
    id         TEXT PRIMARY KEY,
    slug       TEXT NOT NULL UNIQUE,
    mode       TEXT NOT NULL,     -- test, live: also in the document
    document   TEXT NOT NULL,     -- projects/project_json.h
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE flows (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    source_id  TEXT,
    document   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX flows_of_project ON flows (project_id);

CREATE TABLE sources (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,     -- open, directory
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sources_of_project ON sources (project_id);

CREATE TABLE test_recipients (
    project_id  TEXT NOT NULL,
    position    INTEGER NOT NULL,
    destination TEXT NOT NULL,
    code        TEXT NOT NULL,    -- empty: a random one; for tests, so not secret
    outcome     TEXT NOT NULL,
    PRIMARY KEY (project_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    project_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,     -- the customer's own, or made by us
    email      TEXT,
    phone      TEXT,
    name       TEXT,
    claims     TEXT NOT NULL,     -- JSON object
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_email ON users (project_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX users_by_phone ON users (project_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX users_by_age ON users (project_id, created_at, user_id);

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    secret_hash  TEXT NOT NULL,
    scopes       INTEGER NOT NULL, -- bits of Scope
    project_id   TEXT,             -- NULL: all projects
    created_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_keys_of_project ON api_keys (project_id);

CREATE TABLE token_revocations (
    kind       TEXT NOT NULL,      -- token, subject
    value      TEXT NOT NULL,
    revoked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX token_revocations_by_expiry ON token_revocations (expires_at);

CREATE TABLE signing_keys (
    id          TEXT PRIMARY KEY,
    "use"       TEXT NOT NULL,     -- api, login
    sealed_key  BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    active_from INTEGER NOT NULL,
    retired_at  INTEGER
) STRICT, WITHOUT ROWID;

-- Data keys and peppers, wrapped by the master key.
CREATE TABLE key_material (
    kind       TEXT NOT NULL,      -- data, pepper
    version    INTEGER NOT NULL,
    wrapped    BLOB NOT NULL,
    master_id  TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, version)
) STRICT, WITHOUT ROWID;

-- Sliding windows. hits: 8 bytes each, ascending, little-endian milliseconds.
CREATE TABLE limit_windows (
    key         TEXT PRIMARY KEY,
    hits        BLOB NOT NULL,
    ends_at     INTEGER NOT NULL,  -- nobody needs the row from then on
    refused     INTEGER NOT NULL,  -- since it was last reported
    reported_at INTEGER            -- when security.rate_limited was last written
) STRICT, WITHOUT ROWID;
CREATE INDEX limit_windows_by_end ON limit_windows (ends_at);

CREATE TABLE logins (
    id           TEXT PRIMARY KEY,
    project_id   TEXT NOT NULL,
    flow_id      TEXT NOT NULL,
    opened_by    TEXT NOT NULL,    -- key
    opened_for   TEXT NOT NULL,    -- contact
    user_id      TEXT,
    status       TEXT NOT NULL,    -- pending, complete, failed, expired
    methods_done TEXT NOT NULL,    -- "email phone"
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    completed_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX logins_of_project ON logins (project_id);
CREATE INDEX logins_of_user ON logins (project_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX logins_to_expire ON logins (expires_at) WHERE status = 'pending';

CREATE TABLE validations (
    id                 TEXT PRIMARY KEY,
    project_id         TEXT NOT NULL,
    flow_id            TEXT NOT NULL,
    login_id           TEXT NOT NULL,
    channel            TEXT NOT NULL,
    recipient          TEXT NOT NULL,
    user_id            TEXT,
    status             TEXT NOT NULL, -- pending, validated, failed, expired, canceled
    decoy              INTEGER NOT NULL,
    otp_length         INTEGER NOT NULL,
    max_attempts       INTEGER NOT NULL,
    attempts_remaining INTEGER NOT NULL,
    language           TEXT NOT NULL,
    redirect_url       TEXT,
    client_ip          TEXT,
    user_agent         TEXT,
    metadata           TEXT,
    created_at         INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL,
    ended_at           INTEGER,
    digest             BLOB,          -- keyed; NULL once ended
    pepper_version     INTEGER NOT NULL,
    sealed_code        BLOB           -- for sending again; NULL for a decoy and once ended
) STRICT, WITHOUT ROWID;
CREATE INDEX validations_of_project ON validations (project_id);
CREATE INDEX validations_of_login ON validations (login_id);
CREATE INDEX validations_of_contact ON validations (project_id, recipient);
CREATE INDEX validations_of_user ON validations (project_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX validations_to_expire ON validations (expires_at) WHERE status = 'pending';

CREATE TABLE messages (
    id              TEXT PRIMARY KEY,
    project_id      TEXT NOT NULL,
    flow_id         TEXT NOT NULL,
    login_id        TEXT NOT NULL,
    validation_id   TEXT NOT NULL,
    channel         TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    language        TEXT NOT NULL,
    sealed_code     BLOB,             -- NULL once sent or dead, except in test projects
    metadata        TEXT,
    test            INTEGER NOT NULL,
    status          TEXT NOT NULL,    -- queued, sent, delivered, failed, expired, superseded
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    attempts        INTEGER NOT NULL,
    leased_until    INTEGER           -- a worker has it
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE status = 'queued';
CREATE INDEX messages_of_validation ON messages (validation_id);
CREATE INDEX messages_of_project ON messages (project_id);

CREATE TABLE delivery_attempts (
    message_id      TEXT NOT NULL,
    number          INTEGER NOT NULL,
    started_at      INTEGER NOT NULL,
    duration_ms     INTEGER NOT NULL,
    sender          TEXT NOT NULL,
    outcome         TEXT NOT NULL,
    reason          TEXT,
    provider_answer TEXT,
    PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;

-- The number of each project's last event. Survives the events, so that numbers never come back.
CREATE TABLE event_sequences (
    project_id TEXT PRIMARY KEY,
    last       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    project_id    TEXT NOT NULL,
    sequence      INTEGER NOT NULL,
    id            TEXT NOT NULL,
    type          TEXT NOT NULL,
    at            INTEGER NOT NULL,
    flow_id       TEXT,
    login_id      TEXT,
    validation_id TEXT,
    user_id       TEXT,
    channel       TEXT,
    destination   TEXT,               -- masked
    reason        TEXT,
    metadata      TEXT,
    count         INTEGER,
    test          INTEGER NOT NULL,
    PRIMARY KEY (project_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_of_validation ON events (validation_id) WHERE validation_id IS NOT NULL;
-- Events of a validation are found by it; these are the others that name a person.
CREATE INDEX events_of_user ON events (project_id, user_id)
    WHERE user_id IS NOT NULL AND validation_id IS NULL;
