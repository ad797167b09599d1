-- oldest: 9
-- Where projects' events are sent, and what came of each.

CREATE TABLE webhooks (
    id                TEXT COLLATE "C" PRIMARY KEY,
    project_id        TEXT COLLATE "C" NOT NULL,
    url               TEXT COLLATE "C" NOT NULL,
    types             TEXT COLLATE "C" NOT NULL,     -- "login.completed user.created", or "*"
    description       TEXT COLLATE "C" NOT NULL,
    status            TEXT COLLATE "C" NOT NULL,     -- active, paused, disabled
    disabled_reason   TEXT COLLATE "C",              -- gone, failing
    sealed_secret     BYTEA NOT NULL,
    sealed_old_secret BYTEA,              -- signs too, until then
    old_secret_until  BIGINT,
    created_at        BIGINT NOT NULL,
    updated_at        BIGINT NOT NULL,
    version           BIGINT NOT NULL
);
CREATE INDEX webhooks_of_project ON webhooks (project_id);

-- How far each has come. One node at a time holds the lease and alone sends.
CREATE TABLE webhook_queues (
    webhook_id    TEXT COLLATE "C" PRIMARY KEY,
    project_id    TEXT COLLATE "C" NOT NULL,
    active        BIGINT NOT NULL,
    cursor        BIGINT NOT NULL,      -- events up to this sequence are delivered, or are rows of their own
    due_at        BIGINT,               -- the next try of a delivery that waits
    lease         TEXT COLLATE "C",                  -- who holds it
    leased_until  BIGINT NOT NULL,
    failures      BIGINT NOT NULL,      -- one after the other, up to now
    failing_since BIGINT,
    hold_until    BIGINT NOT NULL,      -- no try before: it failed of late
    succeeded_at  BIGINT,
    failed_at     BIGINT
);

-- One for each event that was tried. Those whose turn has not come are not here: the cursor stands before them.
CREATE TABLE webhook_deliveries (
    id          TEXT COLLATE "C" PRIMARY KEY,
    webhook_id  TEXT COLLATE "C" NOT NULL,
    project_id  TEXT COLLATE "C" NOT NULL,
    sequence    BIGINT NOT NULL,        -- of the event
    event_id    TEXT COLLATE "C" NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    status      TEXT COLLATE "C" NOT NULL,           -- queued, delivered, failed
    tries       BIGINT NOT NULL,
    step        BIGINT NOT NULL,        -- of the schedule: tries since it was last queued by hand
    next_try_at BIGINT,                 -- NULL once ended
    created_at  BIGINT NOT NULL,
    ended_at    BIGINT,
    last_status BIGINT,                 -- of HTTP; NULL: no answer came
    last_reason TEXT COLLATE "C"
);
CREATE UNIQUE INDEX webhook_deliveries_of_event ON webhook_deliveries (webhook_id, sequence);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_try_at)
    WHERE status = 'queued';
CREATE INDEX webhook_deliveries_of_project ON webhook_deliveries (project_id, id);

CREATE TABLE webhook_tries (
    delivery_id TEXT COLLATE "C" NOT NULL,
    number      BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status      BIGINT,
    reason      TEXT COLLATE "C",
    headers     TEXT COLLATE "C" NOT NULL,           -- JSON object
    answer      TEXT COLLATE "C" NOT NULL,           -- its first 4 KiB
    PRIMARY KEY (delivery_id, number)
);

-- Ranges of events that are to be sent again, and how far that has come.
CREATE TABLE webhook_replays (
    id            TEXT COLLATE "C" PRIMARY KEY,
    webhook_id    TEXT COLLATE "C" NOT NULL,
    project_id    TEXT COLLATE "C" NOT NULL,
    next_sequence BIGINT NOT NULL,
    last_sequence BIGINT NOT NULL,
    from_at       BIGINT NOT NULL,
    to_at         BIGINT NOT NULL,
    types         TEXT COLLATE "C" NOT NULL
);
CREATE INDEX webhook_replays_of_webhook ON webhook_replays (webhook_id);

-- Mails about webhooks belong to no validation, by which others are found.
CREATE INDEX messages_of_webhooks ON messages (project_id, recipient) WHERE kind = 'webhook_disabled';
