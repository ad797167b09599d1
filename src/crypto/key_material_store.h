#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <string>
#include <vector>

namespace accessd::crypto {

/// A data key or pepper, wrapped by the master key.
struct WrappedKey {
    enum class Kind { Data, Pepper };
    Kind kind{};
    int version = 0;  ///< From 1, per kind.
    std::string wrapped;
    std::string master_id;  ///< Which master key wrapped it.
    TimePoint created_at;
};

/// Keys at rest. None is ever stored in clear.
class KeyMaterialStore {
public:
    virtual ~KeyMaterialStore() = default;
    /// By kind and version. Errors: StoreUnavailable.
    virtual Result<std::vector<WrappedKey>> list() = 0;
    /// Errors: Conflict if this kind and version exist (another node was first); StoreUnavailable.
    virtual Result<void> insert(const WrappedKey& key) = 0;
    /// Replaces how every key is wrapped, all in one transaction. Errors: Conflict if `keys` aren't exactly
    /// those stored, by kind and version; StoreUnavailable.
    virtual Result<void> rewrap(const std::vector<WrappedKey>& keys) = 0;
    /// Removes a pepper that no live code uses any more. Errors: StoreUnavailable.
    virtual Result<void> remove(WrappedKey::Kind kind, int version) = 0;
};

}  // namespace accessd::crypto
