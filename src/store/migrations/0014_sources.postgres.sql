-- oldest: 9
-- Sources outside: how a customer's own database or service is reached and asked.

ALTER TABLE sources ADD COLUMN sealed_settings BYTEA;  -- sealed JSON; NULL: open, directory
ALTER TABLE sources ADD COLUMN down_since BIGINT;    -- NULL: it answers, as far as is known
