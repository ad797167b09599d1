-- oldest: 9
-- Codes that admins get by mail to sign in to the console. A row for an unknown address is a decoy.
CREATE TABLE sign_in_codes (
    id            TEXT PRIMARY KEY,
    admin_id      TEXT,             -- NULL: a decoy
    digest        TEXT NOT NULL,    -- HMAC-SHA-256 under a pepper
    attempts_left INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_codes_of_admin ON sign_in_codes (admin_id) WHERE admin_id IS NOT NULL;
CREATE INDEX sign_in_codes_by_expiry ON sign_in_codes (expires_at);
