-- Consecutive failures, and the methods that they have paused.

CREATE TABLE failure_counters (
    project_id TEXT COLLATE "C" NOT NULL,
    method     TEXT COLLATE "C" NOT NULL,     -- email, phone, biometric
    contact    TEXT COLLATE "C" NOT NULL,     -- canonical
    client     TEXT COLLATE "C" NOT NULL,     -- network of the person; empty: not told; *: from anywhere
    failures   BIGINT NOT NULL,  -- since the last success
    wait_until BIGINT,           -- no try from this client before
    last_at    BIGINT NOT NULL,
    PRIMARY KEY (project_id, method, contact, client)
);
CREATE INDEX failure_counters_by_age ON failure_counters (last_at);

CREATE TABLE locks (
    id         TEXT COLLATE "C" PRIMARY KEY,
    project_id TEXT COLLATE "C" NOT NULL,
    method     TEXT COLLATE "C" NOT NULL,
    contact    TEXT COLLATE "C" NOT NULL,
    user_id    TEXT COLLATE "C",              -- if known when it began
    failures   BIGINT NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,     -- failures
    locked_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX locks_of_contact ON locks (project_id, method, contact);
