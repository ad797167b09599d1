-- oldest: 9
-- What the guard of phone messages counted is deleted project by project, as each project keeps it for its own time.
DROP INDEX fraud_counters_by_age;
CREATE INDEX fraud_counters_by_age ON fraud_counters (project_id, at);
