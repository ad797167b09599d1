-- Projects, their people and keys, and logging in with a code by email.
--
-- Times are milliseconds since 1970, UTC. Ids sort by creation time, so tables are kept in the order of
-- their ids (WITHOUT ROWID) and lists need no other index. Columns named sealed_* hold bytes that only the
-- server's keys open.

CREATE TABLE store_health (
    checked BIGINT NOT NULL
);
INSERT INTO store_health (checked) VALUES (0);

-- Numbers that only rise: "revocations".
CREATE TABLE counters (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE projects (
    id         TEXT COLLATE "C" PRIMARY KEY,
    slug       TEXT COLLATE "C" NOT NULL UNIQUE,
    mode       TEXT COLLATE "C" NOT NULL,     -- test, live: also in the document
    document   TEXT COLLATE "C" NOT NULL,     -- projects/project_json.h
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);

CREATE TABLE flows (
    id         TEXT COLLATE "C" PRIMARY KEY,
    project_id TEXT COLLATE "C" NOT NULL,
    source_id  TEXT COLLATE "C",
    document   TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX flows_of_project ON flows (project_id);

CREATE TABLE sources (
    id         TEXT COLLATE "C" PRIMARY KEY,
    project_id TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,     -- open, directory
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX sources_of_project ON sources (project_id);

CREATE TABLE test_recipients (
    project_id  TEXT COLLATE "C" NOT NULL,
    position    BIGINT NOT NULL,
    destination TEXT COLLATE "C" NOT NULL,
    code        TEXT COLLATE "C" NOT NULL,    -- empty: a random one; for tests, so not secret
    outcome     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (project_id, position)
);

CREATE TABLE users (
    project_id TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C" NOT NULL,     -- the customer's own, or made by us
    email      TEXT COLLATE "C",
    phone      TEXT COLLATE "C",
    name       TEXT COLLATE "C",
    claims     TEXT COLLATE "C" NOT NULL,     -- JSON object
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (project_id, user_id)
);
CREATE UNIQUE INDEX users_by_email ON users (project_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX users_by_phone ON users (project_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX users_by_age ON users (project_id, created_at, user_id);

CREATE TABLE api_keys (
    id           TEXT COLLATE "C" PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL,
    secret_hash  TEXT COLLATE "C" NOT NULL,
    scopes       BIGINT NOT NULL, -- bits of Scope
    project_id   TEXT COLLATE "C",             -- NULL: all projects
    created_at   BIGINT NOT NULL,
    revoked_at   BIGINT,
    last_used_at BIGINT
);
CREATE INDEX api_keys_of_project ON api_keys (project_id);

CREATE TABLE token_revocations (
    kind       TEXT COLLATE "C" NOT NULL,      -- token, subject
    value      TEXT COLLATE "C" NOT NULL,
    revoked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (kind, value)
);
CREATE INDEX token_revocations_by_expiry ON token_revocations (expires_at);

CREATE TABLE signing_keys (
    id          TEXT COLLATE "C" PRIMARY KEY,
    "use"       TEXT COLLATE "C" NOT NULL,     -- api, login
    sealed_key  BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    active_from BIGINT NOT NULL,
    retired_at  BIGINT
);

-- Data keys and peppers, wrapped by the master key.
CREATE TABLE key_material (
    kind       TEXT COLLATE "C" NOT NULL,      -- data, pepper
    version    BIGINT NOT NULL,
    wrapped    BYTEA NOT NULL,
    master_id  TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (kind, version)
);

-- Sliding windows. hits: 8 bytes each, ascending, little-endian milliseconds.
CREATE TABLE limit_windows (
    key         TEXT COLLATE "C" PRIMARY KEY,
    hits        BYTEA NOT NULL,
    ends_at     BIGINT NOT NULL,  -- nobody needs the row from then on
    refused     BIGINT NOT NULL,  -- since it was last reported
    reported_at BIGINT            -- when security.rate_limited was last written
);
CREATE INDEX limit_windows_by_end ON limit_windows (ends_at);

CREATE TABLE logins (
    id           TEXT COLLATE "C" PRIMARY KEY,
    project_id   TEXT COLLATE "C" NOT NULL,
    flow_id      TEXT COLLATE "C" NOT NULL,
    opened_by    TEXT COLLATE "C" NOT NULL,    -- key
    opened_for   TEXT COLLATE "C" NOT NULL,    -- contact
    user_id      TEXT COLLATE "C",
    status       TEXT COLLATE "C" NOT NULL,    -- pending, complete, failed, expired
    methods_done TEXT COLLATE "C" NOT NULL,    -- "email phone"
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    completed_at BIGINT
);
CREATE INDEX logins_of_project ON logins (project_id);
CREATE INDEX logins_of_user ON logins (project_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX logins_to_expire ON logins (expires_at) WHERE status = 'pending';

CREATE TABLE validations (
    id                 TEXT COLLATE "C" PRIMARY KEY,
    project_id         TEXT COLLATE "C" NOT NULL,
    flow_id            TEXT COLLATE "C" NOT NULL,
    login_id           TEXT COLLATE "C" NOT NULL,
    channel            TEXT COLLATE "C" NOT NULL,
    recipient          TEXT COLLATE "C" NOT NULL,
    user_id            TEXT COLLATE "C",
    status             TEXT COLLATE "C" NOT NULL, -- pending, validated, failed, expired, canceled
    decoy              BIGINT NOT NULL,
    otp_length         BIGINT NOT NULL,
    max_attempts       BIGINT NOT NULL,
    attempts_remaining BIGINT NOT NULL,
    language           TEXT COLLATE "C" NOT NULL,
    redirect_url       TEXT COLLATE "C",
    client_ip          TEXT COLLATE "C",
    user_agent         TEXT COLLATE "C",
    metadata           TEXT COLLATE "C",
    created_at         BIGINT NOT NULL,
    expires_at         BIGINT NOT NULL,
    ended_at           BIGINT,
    digest             BYTEA,          -- keyed; NULL once ended
    pepper_version     BIGINT NOT NULL,
    sealed_code        BYTEA           -- for sending again; NULL for a decoy and once ended
);
CREATE INDEX validations_of_project ON validations (project_id);
CREATE INDEX validations_of_login ON validations (login_id);
CREATE INDEX validations_of_contact ON validations (project_id, recipient);
CREATE INDEX validations_of_user ON validations (project_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX validations_to_expire ON validations (expires_at) WHERE status = 'pending';

CREATE TABLE messages (
    id              TEXT COLLATE "C" PRIMARY KEY,
    project_id      TEXT COLLATE "C" NOT NULL,
    flow_id         TEXT COLLATE "C" NOT NULL,
    login_id        TEXT COLLATE "C" NOT NULL,
    validation_id   TEXT COLLATE "C" NOT NULL,
    channel         TEXT COLLATE "C" NOT NULL,
    recipient       TEXT COLLATE "C" NOT NULL,
    language        TEXT COLLATE "C" NOT NULL,
    sealed_code     BYTEA,             -- NULL once sent or dead, except in test projects
    metadata        TEXT COLLATE "C",
    test            BIGINT NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,    -- queued, sent, delivered, failed, expired, superseded
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    attempts        BIGINT NOT NULL,
    leased_until    BIGINT           -- a worker has it
);
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE status = 'queued';
CREATE INDEX messages_of_validation ON messages (validation_id);
CREATE INDEX messages_of_project ON messages (project_id);

CREATE TABLE delivery_attempts (
    message_id      TEXT COLLATE "C" NOT NULL,
    number          BIGINT NOT NULL,
    started_at      BIGINT NOT NULL,
    duration_ms     BIGINT NOT NULL,
    sender          TEXT COLLATE "C" NOT NULL,
    outcome         TEXT COLLATE "C" NOT NULL,
    reason          TEXT COLLATE "C",
    provider_answer TEXT COLLATE "C",
    PRIMARY KEY (message_id, number)
);

-- The number of each project's last event. Survives the events, so that numbers never come back.
CREATE TABLE event_sequences (
    project_id TEXT COLLATE "C" PRIMARY KEY,
    last       BIGINT NOT NULL
);

CREATE TABLE events (
    project_id    TEXT COLLATE "C" NOT NULL,
    sequence      BIGINT NOT NULL,
    id            TEXT COLLATE "C" NOT NULL,
    type          TEXT COLLATE "C" NOT NULL,
    at            BIGINT NOT NULL,
    flow_id       TEXT COLLATE "C",
    login_id      TEXT COLLATE "C",
    validation_id TEXT COLLATE "C",
    user_id       TEXT COLLATE "C",
    channel       TEXT COLLATE "C",
    destination   TEXT COLLATE "C",               -- masked
    reason        TEXT COLLATE "C",
    metadata      TEXT COLLATE "C",
    count         BIGINT,
    test          BIGINT NOT NULL,
    PRIMARY KEY (project_id, sequence)
);
CREATE INDEX events_of_validation ON events (validation_id) WHERE validation_id IS NOT NULL;
-- Events of a validation are found by it; these are the others that name a person.
CREATE INDEX events_of_user ON events (project_id, user_id)
    WHERE user_id IS NOT NULL AND validation_id IS NULL;
