-- oldest: 9
-- Tokens of receipts whose signatures don't cover what they say: each counts once, whichever node it comes to.
CREATE TABLE receipt_tokens (
    sender_id TEXT NOT NULL,
    token     TEXT NOT NULL,
    used_at   INTEGER NOT NULL,
    PRIMARY KEY (sender_id, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_tokens_by_age ON receipt_tokens (used_at);
