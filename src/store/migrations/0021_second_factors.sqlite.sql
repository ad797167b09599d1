-- Second factors of admins. No earlier program may run on this: it would let admins in without asking for them.
CREATE TABLE admin_totp (
    admin_id      TEXT PRIMARY KEY,
    sealed_secret BLOB NOT NULL,               -- by the data key
    created_at    INTEGER NOT NULL,
    confirmed_at  INTEGER,                     -- NULL: its first code hasn't been shown yet
    last_step     INTEGER NOT NULL DEFAULT 0   -- RFC 6238: no step's code, nor an earlier one's, is good twice
) STRICT, WITHOUT ROWID;
CREATE TABLE admin_recovery_codes (
    admin_id TEXT NOT NULL,
    hash     TEXT NOT NULL,                    -- SHA-256 of 80 random bits
    PRIMARY KEY (admin_id, hash)
) STRICT, WITHOUT ROWID;
ALTER TABLE console_sessions ADD COLUMN factor_at INTEGER NOT NULL DEFAULT 0;   -- when a factor was last shown
ALTER TABLE console_sessions ADD COLUMN is_waiting INTEGER NOT NULL DEFAULT 0;  -- for the second factor
