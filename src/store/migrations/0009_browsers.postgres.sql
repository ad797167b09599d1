-- Logins that browsers open, and the proofs of work that were spent on them.

-- Where a browser goes when its login is complete, and what it brings along. NULL: opened by a key.
ALTER TABLE logins ADD COLUMN redirect_url TEXT COLLATE "C";
ALTER TABLE logins ADD COLUMN state TEXT COLLATE "C";           -- as the browser gave it
ALTER TABLE logins ADD COLUMN code_challenge TEXT COLLATE "C";  -- RFC 7636, S256

CREATE TABLE spent_proofs (
    id         TEXT COLLATE "C" PRIMARY KEY,
    expires_at BIGINT NOT NULL  -- of the challenge: refused by itself from then on
);
CREATE INDEX spent_proofs_by_expiry ON spent_proofs (expires_at);
