-- Second factors of admins. No earlier program may run on this: it would let admins in without asking for them.
CREATE TABLE admin_totp (
    admin_id      TEXT COLLATE "C" PRIMARY KEY,
    sealed_secret BYTEA NOT NULL,               -- by the data key
    created_at    BIGINT NOT NULL,
    confirmed_at  BIGINT,                     -- NULL: its first code hasn't been shown yet
    last_step     BIGINT NOT NULL DEFAULT 0   -- RFC 6238: no step's code, nor an earlier one's, is good twice
);
CREATE TABLE admin_recovery_codes (
    admin_id TEXT COLLATE "C" NOT NULL,
    hash     TEXT COLLATE "C" NOT NULL,                    -- SHA-256 of 80 random bits
    PRIMARY KEY (admin_id, hash)
);
ALTER TABLE console_sessions ADD COLUMN factor_at BIGINT NOT NULL DEFAULT 0;   -- when a factor was last shown
ALTER TABLE console_sessions ADD COLUMN is_waiting BIGINT NOT NULL DEFAULT 0;  -- for the second factor
