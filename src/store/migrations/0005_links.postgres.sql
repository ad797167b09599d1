-- One-time links: to finish a login, to end a lock; and the one-time codes that finished logins are handed
-- over with. Of each token the SHA-256 alone is kept.

ALTER TABLE messages ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT 'code';  -- code, unlock

ALTER TABLE validations ADD COLUMN link_digest BYTEA;                -- NULL: no link, or ended
CREATE UNIQUE INDEX validations_of_link ON validations (link_digest) WHERE link_digest IS NOT NULL;

ALTER TABLE locks ADD COLUMN link_digest BYTEA;                      -- NULL: nobody was written to
ALTER TABLE locks ADD COLUMN link_expires_at BIGINT;
CREATE UNIQUE INDEX locks_of_link ON locks (link_digest) WHERE link_digest IS NOT NULL;

CREATE TABLE login_codes (
    digest         BYTEA PRIMARY KEY,
    project_id     TEXT COLLATE "C" NOT NULL,
    login_id       TEXT COLLATE "C" NOT NULL,
    redirect_url   TEXT COLLATE "C" NOT NULL,  -- where the code was handed to
    code_challenge TEXT COLLATE "C",           -- RFC 7636, S256; NULL: the login began without one
    expires_at     BIGINT NOT NULL
);
CREATE INDEX login_codes_by_expiry ON login_codes (expires_at);
