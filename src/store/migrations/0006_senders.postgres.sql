-- Projects' own ways to send messages, and what relays say about messages after they took them.

CREATE TABLE senders (
    id                    TEXT COLLATE "C" PRIMARY KEY,
    project_id            TEXT COLLATE "C" NOT NULL,
    name                  TEXT COLLATE "C" NOT NULL,
    kind                  TEXT COLLATE "C" NOT NULL,     -- smtp
    channel               TEXT COLLATE "C" NOT NULL,     -- email
    priority              BIGINT NOT NULL,  -- the lowest is tried first
    active                BIGINT NOT NULL,
    document              TEXT COLLATE "C" NOT NULL,     -- delivery/sender_account.h; no secrets
    sealed_password       BYTEA,
    sealed_receipt_secret BYTEA NOT NULL,
    sealed_mailgun_key    BYTEA,
    created_at            BIGINT NOT NULL,
    updated_at            BIGINT NOT NULL,
    version               BIGINT NOT NULL
);
CREATE INDEX senders_of_project ON senders (project_id);

-- Which account made the try; NULL: from before there were several.
ALTER TABLE delivery_attempts ADD COLUMN sender_id TEXT COLLATE "C";

CREATE TABLE message_receipts (
    message_id      TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,           -- delivered, bounced, complained, deferred
    received_at     BIGINT NOT NULL,
    reason          TEXT COLLATE "C",
    provider_answer TEXT COLLATE "C",
    PRIMARY KEY (message_id, kind)
);

-- Whatever takes messages away (retention, erasure of a person or project, going live) takes these too.
CREATE FUNCTION receipts_go_with_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM message_receipts WHERE message_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER receipts_go_with_messages AFTER DELETE ON messages
    FOR EACH ROW EXECUTE FUNCTION receipts_go_with_messages();
