-- Projects' own words for messages, samples of them, and a way to the messages that failed.

CREATE TABLE message_templates (
    project_id TEXT NOT NULL,
    channel    TEXT NOT NULL,
    language   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body_text  TEXT NOT NULL,
    body_html  TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (project_id, channel, language)
) STRICT, WITHOUT ROWID;

-- What a sample in a test project's inbox says: it belongs to no validation, so that its words can't be
-- made again. The message itself is in messages, with an empty validation_id.
CREATE TABLE sample_messages (
    message_id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    subject    TEXT NOT NULL,
    body_text  TEXT NOT NULL,
    body_html  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sample_messages_of_recipient ON sample_messages (project_id, recipient);

-- Whoever deletes messages needn't know of samples.
CREATE TRIGGER messages_take_samples_along AFTER DELETE ON messages WHEN OLD.validation_id = ''
BEGIN
    DELETE FROM sample_messages WHERE message_id = OLD.id;
END;

-- Few messages fail: those that don't pay nothing for finding those that do.
CREATE INDEX messages_unsent ON messages (project_id)
    WHERE status = 'failed' OR status = 'expired' OR status = 'superseded';

-- Limits that were hit, for statistics; other events don't pay for it.
CREATE INDEX events_rate_limited ON events (project_id, at) WHERE type = 'security.rate_limited';
CREATE INDEX events_locked ON events (project_id, at) WHERE type = 'security.locked';
