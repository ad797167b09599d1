-- Requests that came with an Idempotency-Key, and how they were answered.

CREATE TABLE idempotent_requests (
    scope         TEXT COLLATE "C" PRIMARY KEY,  -- SHA-256 of caller, route, project and key
    project_id    TEXT COLLATE "C",              -- NULL: of no single project
    sealed_body   BYTEA NOT NULL,     -- SHA-256 of the body; sealed, as a body may hold a code
    lease         TEXT COLLATE "C" NOT NULL,     -- which of the requests with this key runs, or ran
    sealed_answer BYTEA,              -- NULL while it runs
    expires_at    BIGINT NOT NULL   -- of the lease while it runs, then of the answer
);
CREATE INDEX idempotent_requests_by_expiry ON idempotent_requests (expires_at);
CREATE INDEX idempotent_requests_of_project ON idempotent_requests (project_id)
    WHERE project_id IS NOT NULL;
