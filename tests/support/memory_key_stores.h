#pragma once

#include "crypto/key_material_store.h"
#include "limits/limit_store.h"
#include "tokens/token_stores.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace accessd::test {

/// Stores of keys in memory, with the promises of the real ones, for tests of one thread.
class MemoryKeyMaterialStore final : public crypto::KeyMaterialStore {
public:
    Result<std::vector<crypto::WrappedKey>> list() override { return keys; }
    Result<void> insert(const crypto::WrappedKey& key) override
    {
        for (const auto& known : keys) {
            if (known.kind == key.kind && known.version == key.version) return ErrorCode::Conflict;
        }
        keys.push_back(key);
        return {};
    }
    Result<void> rewrap(const std::vector<crypto::WrappedKey>& all) override
    {
        if (all.size() != keys.size()) return ErrorCode::Conflict;
        keys = all;
        return {};
    }
    Result<void> remove(crypto::WrappedKey::Kind kind, int version) override
    {
        std::erase_if(keys,
                      [&](const auto& key) { return key.kind == kind && key.version == version; });
        return {};
    }
    std::vector<crypto::WrappedKey> keys;
};

class MemorySigningKeyStore final : public tokens::SigningKeyStore {
public:
    Result<std::vector<tokens::SigningKey>> list() override { return keys; }
    Result<void> insert(const tokens::SigningKey& key, const std::string& follows) override
    {
        tokens::SigningKey* newest = nullptr;
        for (auto& known : keys) {
            if (known.use == key.use) newest = &known;
        }
        if ((newest == nullptr ? std::string{} : newest->id) != follows) return ErrorCode::Conflict;
        if (newest != nullptr) newest->retired_at = key.active_from;
        keys.push_back(key);
        return {};
    }
    Result<void> remove(const std::string& id) override
    {
        std::erase_if(keys, [&](const auto& key) { return key.id == id; });
        return {};
    }
    std::vector<tokens::SigningKey> keys;
};

class MemoryRevocationStore final : public tokens::RevocationStore {
public:
    Result<void> insert(const tokens::Revocation& revocation, const std::string&,
                        const events::AuditEntry&) override
    {
        rows.push_back(revocation);
        ++inserted;
        return {};
    }
    Result<std::vector<tokens::Revocation>> list(TimePoint now) override
    {
        auto live = rows;
        std::erase_if(live, [&](const auto& row) { return row.expires_at <= now; });
        return live;
    }
    Result<std::int64_t> generation() override { return inserted; }
    Result<int> prune(TimePoint, int) override { return 0; }
    std::vector<tokens::Revocation> rows;
    std::int64_t inserted = 0;
};

class MemoryApiKeyStore final : public tokens::ApiKeyStore {
public:
    Result<void> insert(const tokens::ApiKey& key, const events::AuditEntry&) override
    {
        keys[key.id] = key;
        return {};
    }
    Result<std::optional<tokens::ApiKey>> find(const std::string& id) override
    {
        const auto found = keys.find(id);
        if (found == keys.end()) return std::optional<tokens::ApiKey>{};
        return std::optional{found->second};
    }
    Result<Page<tokens::ApiKey>> list(const std::string& project_id, const PageRequest&) override
    {
        Page<tokens::ApiKey> page;
        for (const auto& [id, key] : keys) {
            if (project_id.empty() || key.project_id == project_id) page.items.push_back(key);
        }
        return page;
    }
    Result<void> rename(const std::string& id, const std::string& name, const tokens::ApiKey*,
                        const events::AuditEntry&) override
    {
        keys.at(id).name = name;
        return {};
    }
    Result<void> revoke(const std::string& id, TimePoint now, const tokens::ApiKey*,
                        const events::AuditEntry&) override
    {
        auto& key = keys.at(id);
        if (!key.revoked_at) key.revoked_at = now;
        return {};
    }
    Result<void> touch(const std::string& id, TimePoint now) override
    {
        keys.at(id).last_used_at = now;
        return {};
    }
    std::map<std::string, tokens::ApiKey> keys;
};

class MemoryLimitStore final : public limits::LimitStore {
public:
    Result<limits::Decision> take(const std::string& key, const limits::Limit& limit,
                                  TimePoint now) override
    {
        return limits::take(windows[key], limit, now);
    }
    Result<limits::Decision> peek(const std::string& key, const limits::Limit& limit,
                                  TimePoint now) override
    {
        auto hits = windows[key];
        return limits::take(hits, limit, now);
    }
    Result<limits::Decision> take_all(const std::vector<limits::KeyedLimit>& limits,
                                      TimePoint now) override
    {
        limits::Decision first;
        for (const auto& each : limits) {
            auto hits = windows[each.key];
            const auto judged = limits::take(hits, each.limit, now);
            if (!judged.allowed) return limits::refusal(judged, each.limit);
            if (&each == &limits.front()) first = judged;
        }
        std::map<std::string, std::chrono::seconds> lengths;
        for (const auto& [key, limit] : limits) lengths[key] = std::max(lengths[key], limit.window);
        for (const auto& [key, length] : lengths) limits::keep(windows[key], length, now);
        return first;
    }
    Result<void> give_back(const std::string& key, TimePoint at) override
    {
        auto& hits = windows[key];
        if (const auto found = std::find(hits.begin(), hits.end(), at); found != hits.end()) {
            hits.erase(found);
        }
        return {};
    }
    Result<int> prune(TimePoint, int) override { return 0; }
    std::map<std::string, std::vector<TimePoint>> windows;
};

}  // namespace accessd::test
