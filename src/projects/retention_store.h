#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <string>

namespace accessd::projects {

/// Deletes what a project keeps no longer. Every method takes one batch: at most `rows_max` rows of its
/// kind (with what belongs to them) made before `before`, oldest first. It returns how many it took; fewer
/// than `rows_max`: there are no more. Calls that find nothing don't write. Errors: StoreUnavailable.
class RetentionStore {
public:
    virtual ~RetentionStore() = default;

    /// Validations with their messages and attempts.
    virtual Result<int> remove_validations(const std::string& project_id, TimePoint before,
                                           int rows_max) = 0;
    /// Logins that have no validation left.
    virtual Result<int> remove_logins(const std::string& project_id, TimePoint before,
                                      int rows_max) = 0;
    /// Messages with their attempts.
    virtual Result<int> remove_messages(const std::string& project_id, TimePoint before,
                                        int rows_max) = 0;
    /// The same, of those in a test project's inbox: only they keep their codes.
    virtual Result<int> empty_inbox(const std::string& project_id, TimePoint before,
                                    int rows_max) = 0;
    /// Network address and browser of the person, out of validations that stay.
    virtual Result<int> forget_clients(const std::string& project_id, TimePoint before,
                                       int rows_max) = 0;
    /// Events. Their numbers never come back.
    virtual Result<int> remove_events(const std::string& project_id, TimePoint before,
                                      int rows_max) = 0;
    /// Deliveries to webhooks, with their tries.
    virtual Result<int> remove_webhook_deliveries(const std::string& project_id, TimePoint before,
                                                  int rows_max) = 0;
    /// What the guard of phone messages stopped, and why; some name a person's network.
    virtual Result<int> remove_fraud_blocks(const std::string& project_id, TimePoint before,
                                            int rows_max) = 0;
    /// What that guard counted and hasn't changed since.
    virtual Result<int> remove_fraud_counters(const std::string& project_id, TimePoint before,
                                              int rows_max) = 0;
    /// Audit entries; with an empty id those of no project, and of projects that are deleted.
    virtual Result<int> remove_audit(const std::string& project_id, TimePoint before,
                                     int rows_max) = 0;
};

}  // namespace accessd::projects
