-- Projects' own ways to send messages, and what relays say about messages after they took them.

CREATE TABLE senders (
    id                    TEXT PRIMARY KEY,
    project_id            TEXT NOT NULL,
    name                  TEXT NOT NULL,
    kind                  TEXT NOT NULL,     -- smtp
    channel               TEXT NOT NULL,     -- email
    priority              INTEGER NOT NULL,  -- the lowest is tried first
    active                INTEGER NOT NULL,
    document              TEXT NOT NULL,     -- delivery/sender_account.h; no secrets
    sealed_password       BLOB,
    sealed_receipt_secret BLOB NOT NULL,
    sealed_mailgun_key    BLOB,
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    version               INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX senders_of_project ON senders (project_id);

-- Which account made the try; NULL: from before there were several.
ALTER TABLE delivery_attempts ADD COLUMN sender_id TEXT;

CREATE TABLE message_receipts (
    message_id      TEXT NOT NULL,
    kind            TEXT NOT NULL,           -- delivered, bounced, complained, deferred
    received_at     INTEGER NOT NULL,
    reason          TEXT,
    provider_answer TEXT,
    PRIMARY KEY (message_id, kind)
) STRICT, WITHOUT ROWID;

-- Whatever takes messages away (retention, erasure of a person or project, going live) takes these too.
CREATE TRIGGER receipts_go_with_messages AFTER DELETE ON messages
BEGIN
    DELETE FROM message_receipts WHERE message_id = OLD.id;
END;
