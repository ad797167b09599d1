#pragma once

#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "events/audit.h"
#include "fraud/fraud_settings.h"

#include <optional>
#include <string>

namespace accessd::fraud {

/// A stop of messages, over or not.
struct Block {
    std::string id;  ///< "blk_...".
    std::string project_id;
    std::string
        scope;  ///< "block", "range", "country", "client", "messages_per_day", "spend_per_day".
    std::string key;          ///< "+34600"; of a day the day.
    std::string reason;       ///< A sentence.
    bool is_dry_run = false;  ///< Nothing was stopped.
    TimePoint began_at;
    TimePoint until;
    std::optional<TimePoint> ended_at;  ///< By an operator, before its time.
};

/// The guard's settings and blocks at rest; what it counts is part of the facts of ValidationStore and
/// OutboxStore. Every engine passes tests/store/phone_contract_test.cpp.
class FraudStore {
public:
    virtual ~FraudStore() = default;

    /// The standard where nobody has changed anything. Errors: StoreUnavailable.
    virtual Result<Settings> settings(const std::string& project_id) = 0;
    /// Stores them if the stored version is `settings.version`. Gives the new version.
    /// Errors: Conflict (it isn't), ProjectNotFound, StoreUnavailable.
    virtual Result<std::int64_t> put_settings(const std::string& project_id,
                                              const Settings& settings,
                                              const events::AuditEntry& audit = {}) = 0;
    /// Newest first. Errors: StoreUnavailable.
    virtual Result<Page<Block>> blocks(const std::string& project_id, const PageRequest& page) = 0;
    /// Nothing if unknown or outside the scope. Errors: StoreUnavailable.
    virtual Result<std::optional<Block>> find_block(const std::string& id,
                                                    const ProjectScope& scope) = 0;
    /// Ends a block: its scope's counts start anew; writes security.fraud_unblocked. One that is over stays
    /// so. Errors: BlockNotFound, StoreUnavailable.
    virtual Result<Block> end_block(const std::string& id, const ProjectScope& scope, TimePoint now,
                                    const events::AuditEntry& audit = {}) = 0;
};

}  // namespace accessd::fraud
