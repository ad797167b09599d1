#include "tokens/revocations.h"

#include "base/id.h"
#include "tokens/token_id.h"

#include <algorithm>

namespace accessd::tokens {

Revocations::Revocations(RevocationStore& store, Clock& clock) : store_(store), clock_(clock) {}

std::shared_ptr<const Revocations::Lists> Revocations::lists() const
{
    const std::scoped_lock lock{mutex_};
    return lists_;
}

bool Revocations::is_revoked(std::string_view token_id, std::string_view subject) const
{
    const auto lists = this->lists();
    if (lists->tokens.contains(std::string{token_id})) return true;
    const auto found = lists->subjects.find(std::string{subject});
    if (found == lists->subjects.end()) return false;
    const auto made_at = time_of_id(token_id, kTokenIdPrefix);
    return !made_at || *made_at <= found->second;
}

Result<void> Revocations::revoke_token(const std::string& token_id, TimePoint expires_at,
                                       const std::string& project_id)
{
    ACCESSD_CHECK(store_.insert({Revocation::Kind::Token, token_id, clock_.now(), expires_at},
                                project_id));
    return load();
}

Result<void> Revocations::revoke_subject(const std::string& subject, TimePoint last_expiry,
                                         const std::string& project_id)
{
    ACCESSD_CHECK(store_.insert({Revocation::Kind::Subject, subject, clock_.now(), last_expiry},
                                project_id));
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
