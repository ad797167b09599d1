-- oldest: 9
-- Tokens of receipts whose signatures don't cover what they say: each counts once, whichever node it comes to.
CREATE TABLE receipt_tokens (
    sender_id TEXT COLLATE "C" NOT NULL,
    token     TEXT COLLATE "C" NOT NULL,
    used_at   BIGINT NOT NULL,
    PRIMARY KEY (sender_id, token)
);
CREATE INDEX receipt_tokens_by_age ON receipt_tokens (used_at);
