-- Who changed what, and the people who administer the server.

-- One row for each administrative change, written with it. Rows outlive what they speak of.
CREATE TABLE audit (
    id          TEXT PRIMARY KEY,
    at          INTEGER NOT NULL,
    actor       TEXT NOT NULL,     -- key_..., adm_..., command
    actor_kind  TEXT NOT NULL,     -- key, admin, command
    action      TEXT NOT NULL,     -- project.changed
    target_kind TEXT NOT NULL,
    target_id   TEXT,              -- NULL: of a user who was erased since
    project_id  TEXT,              -- NULL: of no single project
    fields      TEXT NOT NULL,     -- names of what was changed, separated by spaces; never values
    client      TEXT,              -- network address of the caller
    request_id  TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_of_project ON audit (project_id);
CREATE INDEX audit_of_target ON audit (target_id) WHERE target_id IS NOT NULL;

CREATE TABLE admins (
    id         TEXT PRIMARY KEY,
    email      TEXT NOT NULL UNIQUE, -- canonical
    name       TEXT,
    role       TEXT NOT NULL,        -- owner, editor, viewer
    is_for_all INTEGER NOT NULL,     -- projects; else those in admin_projects
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE admin_projects (
    admin_id   TEXT NOT NULL,
    project_id TEXT NOT NULL,
    PRIMARY KEY (admin_id, project_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_projects_of_project ON admin_projects (project_id);

-- Links that let an admin in once. The first owner's belongs to no admin yet.
CREATE TABLE admin_links (
    hash       TEXT PRIMARY KEY,   -- SHA-256 of 256 random bits
    admin_id   TEXT,               -- NULL: makes the first owner
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX admin_links_of_admin ON admin_links (admin_id);

CREATE TABLE console_sessions (
    hash       TEXT PRIMARY KEY,   -- SHA-256 of 256 random bits
    admin_id   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL    -- last use, to some seconds
) STRICT, WITHOUT ROWID;
CREATE INDEX console_sessions_of_admin ON console_sessions (admin_id);
