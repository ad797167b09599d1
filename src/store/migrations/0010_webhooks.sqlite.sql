-- oldest: 9
-- Where projects' events are sent, and what came of each.

CREATE TABLE webhooks (
    id                TEXT PRIMARY KEY,
    project_id        TEXT NOT NULL,
    url               TEXT NOT NULL,
    types             TEXT NOT NULL,     -- "login.completed user.created", or "*"
    description       TEXT NOT NULL,
    status            TEXT NOT NULL,     -- active, paused, disabled
    disabled_reason   TEXT,              -- gone, failing
    sealed_secret     BLOB NOT NULL,
    sealed_old_secret BLOB,              -- signs too, until then
    old_secret_until  INTEGER,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    version           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhooks_of_project ON webhooks (project_id);

-- How far each has come. One node at a time holds the lease and alone sends.
CREATE TABLE webhook_queues (
    webhook_id    TEXT PRIMARY KEY,
    project_id    TEXT NOT NULL,
    active        INTEGER NOT NULL,
    cursor        INTEGER NOT NULL,      -- events up to this sequence are delivered, or are rows of their own
    due_at        INTEGER,               -- the next try of a delivery that waits
    lease         TEXT,                  -- who holds it
    leased_until  INTEGER NOT NULL,
    failures      INTEGER NOT NULL,      -- one after the other, up to now
    failing_since INTEGER,
    hold_until    INTEGER NOT NULL,      -- no try before: it failed of late
    succeeded_at  INTEGER,
    failed_at     INTEGER
) STRICT, WITHOUT ROWID;

-- One for each event that was tried. Those whose turn has not come are not here: the cursor stands before them.
CREATE TABLE webhook_deliveries (
    id          TEXT PRIMARY KEY,
    webhook_id  TEXT NOT NULL,
    project_id  TEXT NOT NULL,
    sequence    INTEGER NOT NULL,        -- of the event
    event_id    TEXT NOT NULL,
    type        TEXT NOT NULL,
    status      TEXT NOT NULL,           -- queued, delivered, failed
    tries       INTEGER NOT NULL,
    step        INTEGER NOT NULL,        -- of the schedule: tries since it was last queued by hand
    next_try_at INTEGER,                 -- NULL once ended
    created_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    last_status INTEGER,                 -- of HTTP; NULL: no answer came
    last_reason TEXT
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX webhook_deliveries_of_event ON webhook_deliveries (webhook_id, sequence);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_try_at)
    WHERE status = 'queued';
CREATE INDEX webhook_deliveries_of_project ON webhook_deliveries (project_id, id);

CREATE TABLE webhook_tries (
    delivery_id TEXT NOT NULL,
    number      INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    status      INTEGER,
    reason      TEXT,
    headers     TEXT NOT NULL,           -- JSON object
    answer      TEXT NOT NULL,           -- its first 4 KiB
    PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

-- Ranges of events that are to be sent again, and how far that has come.
CREATE TABLE webhook_replays (
    id            TEXT PRIMARY KEY,
    webhook_id    TEXT NOT NULL,
    project_id    TEXT NOT NULL,
    next_sequence INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    from_at       INTEGER NOT NULL,
    to_at         INTEGER NOT NULL,
    types         TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_replays_of_webhook ON webhook_replays (webhook_id);

-- Mails about webhooks belong to no validation, by which others are found.
CREATE INDEX messages_of_webhooks ON messages (project_id, recipient) WHERE kind = 'webhook_disabled';
