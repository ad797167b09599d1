-- oldest: 9
-- Sources outside: how a customer's own database or service is reached and asked.

ALTER TABLE sources ADD COLUMN sealed_settings BLOB;  -- sealed JSON; NULL: open, directory
ALTER TABLE sources ADD COLUMN down_since INTEGER;    -- NULL: it answers, as far as is known
