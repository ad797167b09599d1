#pragma once

#include "base/result.h"
#include "delivery/message_template.h"
#include "events/audit.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace accessd::delivery {

/// Projects' own templates. They go with their project. Changes write their audit entry in the same
/// transaction. Every engine passes
/// tests/store/template_store_contract_test.cpp.
class TemplateStore {
public:
    virtual ~TemplateStore() = default;

    /// By channel and language. Errors: StoreUnavailable.
    virtual Result<std::vector<MessageTemplate>> list(const std::string& project_id) = 0;
    /// Errors: StoreUnavailable.
    virtual Result<std::optional<MessageTemplate>> find(const std::string& project_id,
                                                        contacts::Channel channel,
                                                        contacts::Language language) = 0;
    /// Stores it with the next version, which is returned; where `seen` is given, only if the stored
    /// version is that one (0: none is stored).
    /// Errors: Conflict (it isn't), ProjectNotFound, StoreUnavailable.
    virtual Result<std::int64_t> put(const MessageTemplate& made, std::optional<std::int64_t> seen,
                                     const events::AuditEntry& audit = {}) = 0;
    /// False: there was none. `seen` as above. Errors: Conflict, StoreUnavailable.
    virtual Result<bool> remove(const std::string& project_id, contacts::Channel channel,
                                contacts::Language language, std::optional<std::int64_t> seen,
                                const events::AuditEntry& audit = {}) = 0;
};

}  // namespace accessd::delivery
