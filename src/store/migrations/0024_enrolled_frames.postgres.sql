-- oldest: 9
-- Frames of a challenge that joined the face that its validation enrolled, and whether they are to.
ALTER TABLE faces ADD COLUMN frames BIGINT NOT NULL DEFAULT 0;
ALTER TABLE biometric_validations ADD COLUMN takes_frames BIGINT NOT NULL DEFAULT 0;
