-- Logins that browsers open, and the proofs of work that were spent on them.

-- Where a browser goes when its login is complete, and what it brings along. NULL: opened by a key.
ALTER TABLE logins ADD COLUMN redirect_url TEXT;
ALTER TABLE logins ADD COLUMN state TEXT;           -- as the browser gave it
ALTER TABLE logins ADD COLUMN code_challenge TEXT;  -- RFC 7636, S256

CREATE TABLE spent_proofs (
    id         TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL  -- of the challenge: refused by itself from then on
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_proofs_by_expiry ON spent_proofs (expires_at);
