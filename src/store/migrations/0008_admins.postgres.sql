-- Who changed what, and the people who administer the server.

-- One row for each administrative change, written with it. Rows outlive what they speak of.
CREATE TABLE audit (
    id          TEXT COLLATE "C" PRIMARY KEY,
    at          BIGINT NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL,     -- key_..., adm_..., command
    actor_kind  TEXT COLLATE "C" NOT NULL,     -- key, admin, command
    action      TEXT COLLATE "C" NOT NULL,     -- project.changed
    target_kind TEXT COLLATE "C" NOT NULL,
    target_id   TEXT COLLATE "C",              -- NULL: of a user who was erased since
    project_id  TEXT COLLATE "C",              -- NULL: of no single project
    fields      TEXT COLLATE "C" NOT NULL,     -- names of what was changed, separated by spaces; never values
    client      TEXT COLLATE "C",              -- network address of the caller
    request_id  TEXT COLLATE "C"
);
CREATE INDEX audit_of_project ON audit (project_id);
CREATE INDEX audit_of_target ON audit (target_id) WHERE target_id IS NOT NULL;

CREATE TABLE admins (
    id         TEXT COLLATE "C" PRIMARY KEY,
    email      TEXT COLLATE "C" NOT NULL UNIQUE, -- canonical
    name       TEXT COLLATE "C",
    role       TEXT COLLATE "C" NOT NULL,        -- owner, editor, viewer
    is_for_all BIGINT NOT NULL,     -- projects; else those in admin_projects
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);

CREATE TABLE admin_projects (
    admin_id   TEXT COLLATE "C" NOT NULL,
    project_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (admin_id, project_id)
);
CREATE INDEX admin_projects_of_project ON admin_projects (project_id);

-- Links that let an admin in once. The first owner's belongs to no admin yet.
CREATE TABLE admin_links (
    hash       TEXT COLLATE "C" PRIMARY KEY,   -- SHA-256 of 256 random bits
    admin_id   TEXT COLLATE "C",               -- NULL: makes the first owner
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX admin_links_of_admin ON admin_links (admin_id);

CREATE TABLE console_sessions (
    hash       TEXT COLLATE "C" PRIMARY KEY,   -- SHA-256 of 256 random bits
    admin_id   TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL    -- last use, to some seconds
);
CREATE INDEX console_sessions_of_admin ON console_sessions (admin_id);
