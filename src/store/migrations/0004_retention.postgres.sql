-- Finds the client addresses that are to be forgotten without walking over those forgotten long ago. Only
-- validations whose caller named a client pay for it.
CREATE INDEX validations_with_client ON validations (project_id)
    WHERE client_ip IS NOT NULL OR user_agent IS NOT NULL;
