#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "delivery/template_store.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace accessd::delivery {

/// An own template as messages use it.
struct CheckedTemplate {
    EmailText source;
    std::string problem;  ///< Why it can't be used, by the rules of this release; empty: it can.
};

/// Finds a project's own template for a message.
class TemplateLookup {
public:
    virtual ~TemplateLookup() = default;
    /// Null: the project has none. Errors: StoreUnavailable. Threads: safe to call concurrently.
    virtual Result<std::shared_ptr<const CheckedTemplate>> find(const std::string& project_id,
                                                                contacts::Channel channel,
                                                                contacts::Language language) = 0;
};

/// Copies of own templates, and of their absence, read and checked again when changed here or two
/// seconds old, as projects are.
class TemplateCache final : public TemplateLookup {
public:
    static constexpr auto kMaxAge = std::chrono::seconds{2};
    /// Of at most 50 KiB each.
    static constexpr std::size_t kMaxTemplates = 1000;

    TemplateCache(TemplateStore& store, Clock& clock);

    Result<std::shared_ptr<const CheckedTemplate>> find(const std::string& project_id,
                                                        contacts::Channel channel,
                                                        contacts::Language language) override;
    /// Forgets all, after a change: changes are rare, and reading again costs little.
    void forget();

private:
    struct Entry {
        std::shared_ptr<const CheckedTemplate> found;
        TimePoint read_at;
    };

    TemplateStore& store_;
    Clock& clock_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    /// Rises with each forget(): what was read before one must not be kept after it.
    std::uint64_t generation_ = 0;
};

}  // namespace accessd::delivery
