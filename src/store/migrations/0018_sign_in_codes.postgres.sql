-- oldest: 9
-- Codes that admins get by mail to sign in to the console. A row for an unknown address is a decoy.
CREATE TABLE sign_in_codes (
    id            TEXT COLLATE "C" PRIMARY KEY,
    admin_id      TEXT COLLATE "C",             -- NULL: a decoy
    digest        TEXT COLLATE "C" NOT NULL,    -- HMAC-SHA-256 under a pepper
    attempts_left BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);
CREATE INDEX sign_in_codes_of_admin ON sign_in_codes (admin_id) WHERE admin_id IS NOT NULL;
CREATE INDEX sign_in_codes_by_expiry ON sign_in_codes (expires_at);
