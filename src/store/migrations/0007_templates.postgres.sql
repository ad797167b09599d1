-- Projects' own words for messages, samples of them, and a way to the messages that failed.

CREATE TABLE message_templates (
    project_id TEXT COLLATE "C" NOT NULL,
    channel    TEXT COLLATE "C" NOT NULL,
    language   TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    body_text  TEXT COLLATE "C" NOT NULL,
    body_html  TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (project_id, channel, language)
);

-- What a sample in a test project's inbox says: it belongs to no validation, so that its words can't be
-- made again. The message itself is in messages, with an empty validation_id.
CREATE TABLE sample_messages (
    message_id TEXT COLLATE "C" PRIMARY KEY,
    project_id TEXT COLLATE "C" NOT NULL,
    recipient  TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    body_text  TEXT COLLATE "C" NOT NULL,
    body_html  TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sample_messages_of_recipient ON sample_messages (project_id, recipient);

-- Whoever deletes messages needn't know of samples.
CREATE FUNCTION messages_take_samples_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM sample_messages WHERE message_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER messages_take_samples_along AFTER DELETE ON messages
    FOR EACH ROW WHEN (OLD.validation_id = '') EXECUTE FUNCTION messages_take_samples_along();

-- Few messages fail: those that don't pay nothing for finding those that do.
CREATE INDEX messages_unsent ON messages (project_id)
    WHERE status = 'failed' OR status = 'expired' OR status = 'superseded';

-- Limits that were hit, for statistics; other events don't pay for it.
CREATE INDEX events_rate_limited ON events (project_id, at) WHERE type = 'security.rate_limited';
CREATE INDEX events_locked ON events (project_id, at) WHERE type = 'security.locked';
