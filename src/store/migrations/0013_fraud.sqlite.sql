-- oldest: 9
-- The guard of phone messages: what it counts, what it stopped, and what projects say about it.

CREATE TABLE fraud_counters (
    project_id    TEXT NOT NULL,
    scope         TEXT NOT NULL,     -- block, range, country, client; day: of the caps
    key           TEXT NOT NULL,
    score         INTEGER NOT NULL,  -- thousandths, as the three below; of a day money in millionths
    sent          INTEGER NOT NULL,
    verified      INTEGER NOT NULL,
    recent        INTEGER NOT NULL,
    last_number   INTEGER NOT NULL,  -- four digits; -1: none yet
    at            INTEGER NOT NULL,  -- of the last change
    blocked_until INTEGER NOT NULL,  -- 0: never was
    blocks        INTEGER NOT NULL,
    PRIMARY KEY (project_id, scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX fraud_counters_by_age ON fraud_counters (at);

CREATE TABLE fraud_blocks (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    scope      TEXT NOT NULL,
    key        TEXT NOT NULL,
    reason     TEXT NOT NULL,
    is_dry_run INTEGER NOT NULL,
    began_at   INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    ended_at   INTEGER               -- by an operator, before its time
) STRICT, WITHOUT ROWID;
CREATE INDEX fraud_blocks_of_project ON fraud_blocks (project_id);

CREATE TABLE fraud_settings (
    project_id TEXT PRIMARY KEY,
    document   TEXT NOT NULL,        -- fraud/fraud_settings.h
    version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whatever erases a project needn't know of the guard.
CREATE TRIGGER projects_take_fraud_along AFTER DELETE ON projects
BEGIN
    DELETE FROM fraud_counters WHERE project_id = OLD.id;
    DELETE FROM fraud_blocks WHERE project_id = OLD.id;
    DELETE FROM fraud_settings WHERE project_id = OLD.id;
END;
