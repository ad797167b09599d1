-- oldest: 9
-- The guard of phone messages: what it counts, what it stopped, and what projects say about it.

CREATE TABLE fraud_counters (
    project_id    TEXT COLLATE "C" NOT NULL,
    scope         TEXT COLLATE "C" NOT NULL,     -- block, range, country, client; day: of the caps
    key           TEXT COLLATE "C" NOT NULL,
    score         BIGINT NOT NULL,  -- thousandths, as the three below; of a day money in millionths
    sent          BIGINT NOT NULL,
    verified      BIGINT NOT NULL,
    recent        BIGINT NOT NULL,
    last_number   BIGINT NOT NULL,  -- four digits; -1: none yet
    at            BIGINT NOT NULL,  -- of the last change
    blocked_until BIGINT NOT NULL,  -- 0: never was
    blocks        BIGINT NOT NULL,
    PRIMARY KEY (project_id, scope, key)
);
CREATE INDEX fraud_counters_by_age ON fraud_counters (at);

CREATE TABLE fraud_blocks (
    id         TEXT COLLATE "C" PRIMARY KEY,
    project_id TEXT COLLATE "C" NOT NULL,
    scope      TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    is_dry_run BIGINT NOT NULL,
    began_at   BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    ended_at   BIGINT               -- by an operator, before its time
);
CREATE INDEX fraud_blocks_of_project ON fraud_blocks (project_id);

CREATE TABLE fraud_settings (
    project_id TEXT COLLATE "C" PRIMARY KEY,
    document   TEXT COLLATE "C" NOT NULL,        -- fraud/fraud_settings.h
    version    BIGINT NOT NULL
);

-- Whatever erases a project needn't know of the guard.
CREATE FUNCTION projects_take_fraud_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM fraud_counters WHERE project_id = OLD.id;
    DELETE FROM fraud_blocks WHERE project_id = OLD.id;
    DELETE FROM fraud_settings WHERE project_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER projects_take_fraud_along AFTER DELETE ON projects
    FOR EACH ROW EXECUTE FUNCTION projects_take_fraud_along();
