#include "tokens/api_tokens.h"

#include "base/id.h"
#include "crypto/hash.h"
#include "tokens/scope_text.h"
#include "tokens/token_id.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <unordered_map>

namespace accessd::tokens {
namespace {

constexpr std::string_view kAudience = "accessd";
constexpr std::int64_t kLastSecond = 253'402'300'799;  // Of the year 9999.

static_assert(static_cast<int>(Scope::Access) == 1 && static_cast<int>(Scope::Manage) == 2 &&
                  static_cast<int>(Scope::Read) == 4,
              "scope_text.cpp writes these bits out");

Error refuse(std::string detail) { return Error{ErrorCode::InvalidToken, std::move(detail)}; }

TimePoint from_unix_seconds(std::int64_t seconds)
{
    return TimePoint{std::chrono::seconds{seconds}};
}

/// The project a caller is bound to; empty: all.
std::string project_of(const Caller& caller)
{
    return caller.projects.ids().empty() ? std::string{} : caller.projects.ids().front();
}

/// Claims of ours have known types; anything else was not signed by this code.
struct ClaimReader {
    const nlohmann::json& claims;
    bool is_ok = true;

    std::string text(const char* name)
    {
        const auto found = claims.find(name);
        if (found != claims.end() && found->is_string()) return found->get<std::string>();
        is_ok = false;
        return {};
    }
    TimePoint time(const char* name)
    {
        const auto found = claims.find(name);
        if (found != claims.end() && found->is_number_integer()) {
            const auto seconds = found->get<std::int64_t>();
            if (seconds >= 0 && seconds <= kLastSecond) return from_unix_seconds(seconds);
        }
        is_ok = false;
        return {};
    }
};

}  // namespace

/// Verified callers by the hash of their token, in shards so that threads seldom meet.
class ApiTokens::Cache {
public:
    std::optional<Caller> find(const std::string& hash)
    {
        auto& shard = shard_of(hash);
        const std::scoped_lock lock{shard.mutex};
        const auto found = shard.callers.find(hash);
        if (found == shard.callers.end()) return std::nullopt;
        return found->second;
    }

    void insert(const std::string& hash, const Caller& caller, TimePoint now)
    {
        auto& shard = shard_of(hash);
        const std::scoped_lock lock{shard.mutex};
        if (shard.callers.size() >= kShardMax) {
            std::erase_if(shard.callers,
                          [now](const auto& entry) { return entry.second.expires_at <= now; });
        }
        // Still full: a busy server with thousands of live tokens; any entry may go.
        if (shard.callers.size() >= kShardMax) shard.callers.erase(shard.callers.begin());
        shard.callers.insert_or_assign(hash, caller);
    }

private:
    static constexpr std::size_t kShards = 8;
    static constexpr std::size_t kShardMax = 2000;  // 16,000 tokens in all, about 8 MB.

    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::string, Caller> callers;
    };
    Shard& shard_of(const std::string& hash)
    {
        return shards_[static_cast<unsigned char>(hash.front()) % kShards];
    }
    std::array<Shard, kShards> shards_;
};

ApiTokens::ApiTokens(SigningKeys& keys, Revocations& revocations, Clock& clock, Random& random,
                     TokenPolicy policy)
    : keys_(keys),
      revocations_(revocations),
      clock_(clock),
      random_(random),
      policy_(std::move(policy)),
      cache_(std::make_unique<Cache>())
{
}

ApiTokens::~ApiTokens() = default;

std::string ApiTokens::sign(const Caller& caller, TimePoint now, TimePoint expires_at)
{
    nlohmann::json projects = "*";
    if (!caller.projects.is_all()) projects = caller.projects.ids();
    return keys_.sign(TokenType::Api, {{"iss", policy_.issuer},
                                       {"aud", kAudience},
                                       {"sub", caller.subject},
                                       {"scope", scope_text(caller.scopes)},
                                       {"projects", std::move(projects)},
                                       {"iat", unix_seconds(now)},
                                       {"exp", unix_seconds(expires_at)},
                                       {"auth_time", unix_seconds(caller.authenticated_at)},
                                       {"jti", make_id(kTokenIdPrefix, now, random_)}});
}

IssuedToken ApiTokens::issue(const ApiKey& key)
{
    const auto now = clock_.now();
    Caller caller;
    caller.subject = key.id;
    caller.scopes = key.scopes;
    caller.projects =
        key.project_id.empty() ? ProjectScope::all() : ProjectScope::only({key.project_id});
    caller.authenticated_at = now;
    return {sign(caller, now, now + policy_.api_token_life), policy_.api_token_life,
            scope_text(key.scopes)};
}

Result<Caller> ApiTokens::verify(std::string_view token)
{
    ACCESSD_TRY(const auto claims, keys_.verify(TokenType::Api, token));
    ClaimReader read{claims};
    if (read.text("iss") != policy_.issuer) return refuse("token of another issuer");
    if (read.text("aud") != kAudience) return refuse("token for another audience");
    // Ours have none. One that has is of another program with these keys, and means it.
    if (claims.contains("nbf") && read.time("nbf") > clock_.now()) {
        return refuse("token isn't good yet");
    }

    Caller caller;
    caller.subject = read.text("sub");
    caller.is_person = caller.subject.starts_with("adm_");
    caller.token_id = read.text("jti");
    caller.authenticated_at = read.time("auth_time");
    caller.expires_at = read.time("exp");
    const auto scopes = parse_scope_text(read.text("scope"));
    const auto projects = claims.find("projects");
    if (!read.is_ok || !scopes || projects == claims.end()) return refuse("token lacks a claim");
    caller.scopes = *scopes;
    if (projects->is_string() && *projects == "*") {
        caller.projects = ProjectScope::all();
    } else if (projects->is_array()) {
        std::vector<std::string> ids;
        for (const auto& id : *projects) {
            if (!id.is_string()) return refuse("token names a project that isn't text");
            ids.push_back(id.get<std::string>());
        }
        caller.projects = ProjectScope::only(std::move(ids));
    } else {
        return refuse("token lacks its projects");
    }
    return caller;
}

Result<Caller> ApiTokens::authenticate(std::string_view token)
{
    const auto now = clock_.now();
    const auto hash = crypto::sha256(token);
    auto caller = cache_->find(hash);
    if (!caller) {
        ACCESSD_TRY(caller, verify(token));
        cache_->insert(hash, *caller, now);
    }
    return check(*std::move(caller), now);
}

std::optional<Result<Caller>> ApiTokens::find_known(std::string_view token)
{
    auto caller = cache_->find(crypto::sha256(token));
    if (!caller) return std::nullopt;
    return check(*std::move(caller), clock_.now());
}

Result<Caller> ApiTokens::check(Caller caller, TimePoint now)
{
    if (caller.expires_at <= now) return ErrorCode::TokenExpired;
    if (revocations_.is_revoked(caller.token_id, caller.subject, caller.projects)) {
        return ErrorCode::TokenRevoked;
    }
    return caller;
}

Result<IssuedToken> ApiTokens::renew(const Caller& caller)
{
    // A token would outlive the end of the session that it came from.
    if (caller.is_person) {
        return Error{ErrorCode::InsufficientScope}.saying(
            "A console session can't be turned into a token. Make an API key for software.");
    }
    const auto now = clock_.now();
    const auto last = caller.authenticated_at + policy_.renewal_life;
    const auto expires_at = std::min(now + policy_.api_token_life, last);
    const auto life = std::chrono::floor<std::chrono::seconds>(expires_at - now);
    if (life < std::chrono::seconds{1}) {
        return Error{ErrorCode::TokenExpired}.saying(
            "This token was renewed for as long as it can be. Ask for a new one with the key's "
            "client_id and client_secret.");
    }
    return IssuedToken{sign(caller, now, expires_at), life, scope_text(caller.scopes)};
}

Result<void> ApiTokens::revoke(const Caller& caller, const std::string& token_id,
                               const events::AuditEntry& audit)
{
    const auto made_at = time_of_id(token_id, kTokenIdPrefix);
    if (!made_at) return Error::invalid("jti", "isn't the id of a token");
    // Without manage a token reaches its key's tokens only, and a project's key those of the project.
    auto within = caller.subject;
    if (token_id == caller.token_id || caller.may_administer()) {
        within.clear();
    } else if (caller.may(Scope::Manage) && !caller.projects.is_all()) {
        within = project_of(caller);
    }
    return revocations_.revoke_token(token_id, *made_at + policy_.api_token_life + kClockSlack,
                                     project_of(caller), within,
                                     audit.about(token_id, project_of(caller)));
}

Result<void> ApiTokens::revoke_all(const Caller& caller, const events::AuditEntry& audit)
{
    return revocations_.revoke_subject(
        caller.subject, clock_.now() + policy_.api_token_life + kClockSlack, project_of(caller),
        audit.about(caller.subject, project_of(caller)));
}

}  // namespace accessd::tokens
