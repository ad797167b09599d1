#include "events/audit_handlers.h"

#include "base/json.h"
#include "base/time_text.h"
#include "events/command_subject.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

namespace accessd::events {
namespace {

constexpr std::size_t kFilterMax = 128;  // The longest id is a customer's own of a user.

nlohmann::json to_json(const AuditEntry& entry)
{
    return {{"audit_id", entry.id},
            {"at", to_rfc3339(entry.at)},
            {"actor", entry.actor},
            {"actor_kind", to_text(entry.actor_kind)},
            {"action", entry.action},
            {"target_kind", entry.target_kind},
            {"target_id", http::or_null(entry.target_id)},
            {"project_id", http::or_null(entry.project_id)},
            {"fields", entry.fields},
            {"client", http::or_null(entry.client)},
            {"request_id", http::or_null(entry.request_id)}};
}

std::optional<TimePoint> read_time(http::Query& query, std::string_view name)
{
    const auto text = query.string(name, 24);
    if (!text) return std::nullopt;
    const auto time = parse_rfc3339(*text);
    if (!time) {
        query.refuse(name, "must be a time like 2026-03-01T09:30:00Z");
        return std::nullopt;
    }
    return time;
}

}  // namespace

AuditEntry audit_of(const http::Request& request, std::string action)
{
    AuditEntry entry;
    entry.actor_kind = ActorKind::Admin;
    if (const auto& caller = request.caller) {
        entry.actor = caller->subject;
        if (!caller->is_person) entry.actor_kind = ActorKind::Key;
        if (caller->subject == kCommandSubject) entry.actor_kind = ActorKind::Command;
    }
    entry.target_kind = action.substr(0, action.find('.'));
    entry.action = std::move(action);
    entry.client = request.peer;
    entry.request_id = request.id;
    if (const auto body = parse_json(request.body); body && body->is_object()) {
        for (const auto& [name, value] : body->items()) entry.fields.push_back(name);
    }
    return entry;
}

AuditHandlers::AuditHandlers(AuditStore& store) : store_(store) {}

/// GET /v2/access/audit?actor=&action=&target_id=&project_id=&from=&to=
Result<http::Response> AuditHandlers::list(const http::Request& request)
{
    http::Query query{request};
    AuditFilter filter;
    filter.actor = query.string("actor", kFilterMax);
    filter.action = query.string("action", kFilterMax);
    filter.target_id = query.string("target_id", kFilterMax);
    filter.project_id = query.string("project_id", kFilterMax);
    filter.from = read_time(query, "from");
    filter.to = read_time(query, "to");
    const auto page = query.page();
    ACCESSD_CHECK(query.check());
    if (filter.project_id && !request.scope().allows(*filter.project_id)) {
        return ErrorCode::ProjectNotFound;
    }

    ACCESSD_TRY(const auto entries, store_.list(filter, request.scope(), page));
    auto items = nlohmann::json::array();
    for (const auto& entry : entries.items) items.push_back(to_json(entry));
    return http::success(http::page_json(std::move(items), entries.next), "Audit");
}

}  // namespace accessd::events
