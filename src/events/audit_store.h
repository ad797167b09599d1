#pragma once

#include "base/clock.h"
#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "events/audit.h"

#include <optional>
#include <string>

namespace accessd::events {

struct AuditFilter {
    std::optional<std::string> actor;
    std::optional<std::string> action;
    std::optional<std::string> target_id;
    std::optional<std::string> project_id;
    std::optional<TimePoint> from;  ///< Included.
    std::optional<TimePoint> to;    ///< Not included.
};

/// Administrative changes, to read. Each is written by the store that makes the change. Every engine passes
/// tests/store/audit_contract_test.cpp.
class AuditStore {
public:
    virtual ~AuditStore() = default;
    /// Newest first. Entries of no single project are for a scope of all projects only.
    /// Errors: StoreUnavailable.
    virtual Result<Page<AuditEntry>> list(const AuditFilter& filter, const ProjectScope& scope,
                                          const PageRequest& page) = 0;
};

}  // namespace accessd::events
