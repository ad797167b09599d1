#include "tokens/revocations.h"

#include "base/id.h"
#include "tokens/token_id.h"

#include <algorithm>

namespace accessd::tokens {
namespace {

/// How a token is listed. No id holds a blank.
std::string key_of(std::string_view token_id, std::string_view within)
{
    if (within.empty()) return std::string{token_id};
    return std::string{within} + " " + std::string{token_id};
}

}  // namespace

Revocations::Revocations(RevocationStore& store, Clock& clock) : store_(store), clock_(clock) {}

std::shared_ptr<const Revocations::Lists> Revocations::lists() const
{
    const std::scoped_lock lock{mutex_};
    return lists_;
}

bool Revocations::is_revoked(std::string_view token_id, std::string_view subject,
                             const ProjectScope& projects) const
{
    const auto lists = this->lists();
    const auto is_listed = [&](std::string_view within) {
        return lists->tokens.contains(key_of(token_id, within));
    };
    if (!lists->tokens.empty() &&
        (is_listed({}) || is_listed(subject) ||
         std::any_of(projects.ids().begin(), projects.ids().end(), is_listed))) {
        return true;
    }
    const auto found = lists->subjects.find(std::string{subject});
    if (found == lists->subjects.end()) return false;
    const auto made_at = time_of_id(token_id, kTokenIdPrefix);
    return !made_at || *made_at <= found->second;
}

Result<void> Revocations::revoke_token(const std::string& token_id, TimePoint expires_at,
                                       const std::string& project_id, const std::string& within,
                                       const events::AuditEntry& audit)
{
    ACCESSD_CHECK(
        store_.insert({Revocation::Kind::Token, key_of(token_id, within), clock_.now(), expires_at},
                      project_id, audit));
    return load();
}

Result<void> Revocations::revoke_subject(const std::string& subject, TimePoint last_expiry,
                                         const std::string& project_id,
                                         const events::AuditEntry& audit)
{
    ACCESSD_CHECK(store_.insert({Revocation::Kind::Subject, subject, clock_.now(), last_expiry},
                                project_id, audit));
    return load();
}

Result<void> Revocations::refresh()
{
    ACCESSD_TRY(const auto generation, store_.generation());
    {
        const std::scoped_lock lock{mutex_};
        if (generation == generation_) return {};
    }
    return load();
}

Result<void> Revocations::load()
{
    const std::scoped_lock loading{loading_};
    ACCESSD_TRY(const auto generation, store_.generation());  // Before the list: never too new.
    ACCESSD_TRY(const auto rows, store_.list(clock_.now()));
    auto loaded = std::make_shared<Lists>();
    for (const auto& row : rows) {
        auto& list = row.kind == Revocation::Kind::Token ? loaded->tokens : loaded->subjects;
        auto& until = list[row.value];
        until = std::max(until, row.revoked_at);
    }
    const std::scoped_lock lock{mutex_};
    lists_ = std::move(loaded);
    generation_ = generation;
    return {};
}

}  // namespace accessd::tokens
