#pragma once

#include "base/page.h"
#include "base/project_scope.h"
#include "base/result.h"
#include "delivery/sender_account.h"
#include "events/audit.h"

#include <optional>
#include <string>
#include <vector>

namespace accessd::delivery {

/// Projects' own senders at rest. Changes write their audit entry in the same transaction. Every engine passes tests/store/sender_store_contract_test.cpp.
class SenderStore {
public:
    /// Of one project: each may cost a connection for every mail that fails.
    static constexpr int kSendersMax = 10;

    virtual ~SenderStore() = default;

    /// Errors: ProjectNotFound, Conflict (the project has kSendersMax), StoreUnavailable.
    virtual Result<void> insert(const SenderAccount& account,
                                const events::AuditEntry& audit = {}) = 0;
    virtual Result<std::optional<SenderAccount>> find(const std::string& id,
                                                      const ProjectScope& scope) = 0;
    virtual Result<Page<SenderAccount>> list(const std::string& project_id,
                                             const PageRequest& page) = 0;
    /// Those that mail may leave through, in the order in which they are tried.
    virtual Result<std::vector<SenderAccount>> active(const std::string& project_id) = 0;
    /// Only if `account.version` is the stored one, which becomes one more.
    /// Errors: Conflict (it isn't), SenderNotFound, StoreUnavailable.
    virtual Result<void> update(const SenderAccount& account,
                                const events::AuditEntry& audit = {}) = 0;
    /// Where `version` is given, only if it is the stored one. Errors: as update.
    virtual Result<void> remove(const std::string& project_id, const std::string& id,
                                std::optional<std::int64_t> version = std::nullopt,
                                const events::AuditEntry& audit = {}) = 0;
};

}  // namespace accessd::delivery
