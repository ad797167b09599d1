-- oldest: 9
-- Codes to phones: senders of other kinds, what providers call messages, and the way from one channel to
-- the other.

-- Of senders at providers: all of their secrets, as one sealed text.
ALTER TABLE senders ADD COLUMN sealed_secrets BYTEA;

ALTER TABLE delivery_attempts ADD COLUMN provider_id TEXT COLLATE "C";  -- NULL: the other side said none
CREATE INDEX delivery_attempts_of_provider ON delivery_attempts (provider_id)
    WHERE provider_id IS NOT NULL;

ALTER TABLE messages ADD COLUMN is_fallback BIGINT NOT NULL DEFAULT 0;  -- sent by the server itself
-- When the other channel takes over, unless a receipt comes first; NULL: it doesn't, or has.
ALTER TABLE messages ADD COLUMN fall_back_at BIGINT;
CREATE INDEX messages_to_fall_back ON messages (fall_back_at) WHERE fall_back_at IS NOT NULL;
