-- oldest: 9
-- A picture of a later login that a face is compared with beside what was enrolled; under the person's key.
ALTER TABLE faces ADD COLUMN sealed_refresh BYTEA;
ALTER TABLE faces ADD COLUMN refreshed_at BIGINT;
