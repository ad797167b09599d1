-- Consecutive failures, and the methods that they have paused.

CREATE TABLE failure_counters (
    project_id TEXT NOT NULL,
    method     TEXT NOT NULL,     -- email, phone, biometric
    contact    TEXT NOT NULL,     -- canonical
    client     TEXT NOT NULL,     -- network of the person; empty: not told; *: from anywhere
    failures   INTEGER NOT NULL,  -- since the last success
    wait_until INTEGER,           -- no try from this client before
    last_at    INTEGER NOT NULL,
    PRIMARY KEY (project_id, method, contact, client)
) STRICT, WITHOUT ROWID;
CREATE INDEX failure_counters_by_age ON failure_counters (last_at);

CREATE TABLE locks (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    method     TEXT NOT NULL,
    contact    TEXT NOT NULL,
    user_id    TEXT,              -- if known when it began
    failures   INTEGER NOT NULL,
    reason     TEXT NOT NULL,     -- failures
    locked_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX locks_of_contact ON locks (project_id, method, contact);
