-- oldest: 9
-- Files of people on their way into a directory.

CREATE TABLE imports (
    id         TEXT COLLATE "C" PRIMARY KEY,
    project_id TEXT COLLATE "C" NOT NULL,
    source_id  TEXT COLLATE "C" NOT NULL,
    mode       TEXT COLLATE "C" NOT NULL,     -- add, replace
    dry_run    BIGINT NOT NULL,
    status     TEXT COLLATE "C" NOT NULL,     -- running, done, failed
    problem    TEXT COLLATE "C",
    bytes      BIGINT NOT NULL,
    bytes_read BIGINT NOT NULL,
    row_count  BIGINT NOT NULL,
    refused    BIGINT NOT NULL,
    added      BIGINT NOT NULL,
    changed    BIGINT NOT NULL,
    removed    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX imports_of_project ON imports (project_id);

-- Rows that wait until all are there. Gone when the import ends.
CREATE TABLE import_rows (
    import_id TEXT COLLATE "C" NOT NULL,
    line      BIGINT NOT NULL,
    user_id   TEXT COLLATE "C",               -- NULL: the file gives none
    new_id    TEXT COLLATE "C" NOT NULL,
    email     TEXT COLLATE "C",
    phone     TEXT COLLATE "C",
    name      TEXT COLLATE "C",
    claims    TEXT COLLATE "C" NOT NULL,
    target_id TEXT COLLATE "C",               -- whom it becomes, once that is decided
    PRIMARY KEY (import_id, line)
);
CREATE UNIQUE INDEX import_rows_by_user ON import_rows (import_id, user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX import_rows_by_email ON import_rows (import_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX import_rows_by_phone ON import_rows (import_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX import_rows_by_target ON import_rows (import_id, target_id);

CREATE TABLE import_refusals (
    import_id TEXT COLLATE "C" NOT NULL,
    line      BIGINT NOT NULL,
    reason    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (import_id, line)
);
