-- oldest: 9
-- Files of people on their way into a directory.

CREATE TABLE imports (
    id         TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    source_id  TEXT NOT NULL,
    mode       TEXT NOT NULL,     -- add, replace
    dry_run    INTEGER NOT NULL,
    status     TEXT NOT NULL,     -- running, done, failed
    problem    TEXT,
    bytes      INTEGER NOT NULL,
    bytes_read INTEGER NOT NULL,
    row_count  INTEGER NOT NULL,
    refused    INTEGER NOT NULL,
    added      INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    removed    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX imports_of_project ON imports (project_id);

-- Rows that wait until all are there. Gone when the import ends.
CREATE TABLE import_rows (
    import_id TEXT NOT NULL,
    line      INTEGER NOT NULL,
    user_id   TEXT,               -- NULL: the file gives none
    new_id    TEXT NOT NULL,
    email     TEXT,
    phone     TEXT,
    name      TEXT,
    claims    TEXT NOT NULL,
    target_id TEXT,               -- whom it becomes, once that is decided
    PRIMARY KEY (import_id, line)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX import_rows_by_user ON import_rows (import_id, user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX import_rows_by_email ON import_rows (import_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX import_rows_by_phone ON import_rows (import_id, phone) WHERE phone IS NOT NULL;
CREATE INDEX import_rows_by_target ON import_rows (import_id, target_id);

CREATE TABLE import_refusals (
    import_id TEXT NOT NULL,
    line      INTEGER NOT NULL,
    reason    TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
) STRICT, WITHOUT ROWID;
