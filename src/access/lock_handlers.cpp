#include "access/lock_handlers.h"

#include "base/id.h"
#include "contacts/channel.h"
#include "events/audit_handlers.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

namespace accessd::access {
namespace {

nlohmann::json to_json(const Lock& lock)
{
    return {{"lock_id", lock.id},
            {"project_id", lock.identity.project_id},
            {"method", projects::to_text(lock.identity.method)},
            {"destination", contacts::masked_contact(lock.identity.contact)},
            {"user_id", http::or_null(lock.user_id)},
            {"failures", lock.failures},
            {"reason", lock.reason},
            {"locked_at", to_rfc3339(lock.locked_at)}};
}

}  // namespace

LockHandlers::LockHandlers(LockStore& locks, projects::ProjectLookup& projects, Clock& clock)
    : locks_(locks), projects_(projects), clock_(clock)
{
}

/// GET /v2/access/projects/{project_id}/locks
Result<http::Response> LockHandlers::list(const http::Request& request)
{
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());
    const auto& project_id = request.parameter("project_id");
    if (!request.scope().allows(project_id)) return ErrorCode::ProjectNotFound;
    ACCESSD_TRY(const auto setup, projects_.find(project_id));
    if (!setup) return ErrorCode::ProjectNotFound;

    ACCESSD_TRY(const auto locks, locks_.list(project_id, page));
    auto items = nlohmann::json::array();
    for (const auto& lock : locks.items) items.push_back(to_json(lock));
    return http::success(http::page_json(std::move(items), locks.next), "Locks");
}

/// DELETE /v2/access/locks/{lock_id}
Result<http::Response> LockHandlers::clear(const http::Request& request)
{
    const auto& id = request.parameter("lock_id");
    if (!looks_like_id(id, "lock_")) return ErrorCode::LockNotFound;

    const auto now = clock_.now();
    ACCESSD_TRY(const auto lock, locks_.clear(id, request.scope(), kUnlockedByOperator, now,
                                              events::audit_of(request, "lock.cleared")));
    return http::success({{"lock_id", lock.id}, {"unlocked_at", to_rfc3339(now)}},
                         "Lock cleared, and the failures that led to it");
}

}  // namespace accessd::access
