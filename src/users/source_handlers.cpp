#include "users/source_handlers.h"

#include "base/id.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

namespace accessd::users {
namespace {

nlohmann::json to_json(const Source& source)
{
    return {{"source_id", source.id},
            {"project_id", source.project_id},
            {"name", source.name},
            {"kind", to_text(source.kind)},
            {"created_at", to_rfc3339(source.created_at)},
            {"updated_at", to_rfc3339(source.updated_at)}};
}

}  // namespace

SourceHandlers::SourceHandlers(SourceStore& store, Clock& clock, Random& random,
                               FindProject find_project, ProjectChanged project_changed)
    : store_(store),
      clock_(clock),
      random_(random),
      find_project_(std::move(find_project)),
      project_changed_(std::move(project_changed))
{
}

Result<Source> SourceHandlers::source_of(const http::Request& request) const
{
    const auto& id = request.parameter("source_id");
    if (!looks_like_id(id, "src_")) return ErrorCode::SourceNotFound;
    ACCESSD_TRY(auto source, store_.find(id, request.scope()));
    if (!source) return ErrorCode::SourceNotFound;
    return std::move(*source);
}

/// The error of a change that the store refused: PreconditionFailed if somebody else was faster and
/// the source is no longer the one that If-Match names.
Error SourceHandlers::overtaken(const http::Request& request, const http::IfMatch& if_match,
                                Error refusal) const
{
    if (refusal.code != ErrorCode::Conflict || !refusal.details.empty()) return refusal;
    const auto source = source_of(request);
    if (!source) return source.error();
    const auto matched = if_match.check(to_json(*source));
    return matched ? std::move(refusal) : matched.error();
}

/// POST /v2/access/projects/{project_id}/sources   {"name": "Customers", "kind": "directory"}
Result<http::Response> SourceHandlers::create(const http::Request& request)
{
    ACCESSD_TRY(const auto project,
                find_project_(request.parameter("project_id"), request.scope()));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto name = body.string("name", {.required = true, .min = 1, .max = 60});
    const auto kind = body.choice("kind", true, {"open", "directory"});
    ACCESSD_CHECK(body.check());

    Source source;
    source.created_at = source.updated_at = clock_.now();
    source.id = make_id("src_", source.created_at, random_);
    source.project_id = project.id;
    source.name = *name;
    source.kind = *parse_source_kind(*kind);
    ACCESSD_CHECK(store_.insert(
        source, events::audit_of(request, "source.created").about(source.id, project.id)));
    project_changed_(project.id);
    return http::tagged(to_json(source), "Source created", 201);
}

/// GET /v2/access/projects/{project_id}/sources
Result<http::Response> SourceHandlers::list(const http::Request& request)
{
    ACCESSD_TRY(const auto project,
                find_project_(request.parameter("project_id"), request.scope()));
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());

    ACCESSD_TRY(const auto sources, store_.list(project.id, page));
    auto items = nlohmann::json::array();
    for (const auto& source : sources.items) items.push_back(to_json(source));
    return http::success(http::page_json(std::move(items), sources.next), "Sources");
}

/// GET /v2/access/sources/{source_id}
Result<http::Response> SourceHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto source, source_of(request));
    return http::tagged(to_json(source), "Source");
}

/// PATCH /v2/access/sources/{source_id}   {"name": "Customers"}
Result<http::Response> SourceHandlers::change(const http::Request& request)
{
    ACCESSD_TRY(auto source, source_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto name = body.string("name", {.min = 1, .max = 60});
    const auto kind = body.choice("kind", false, {"open", "directory"});
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_CHECK(if_match.check(to_json(source)));

    if (name) source.name = *name;
    if (kind) source.kind = *parse_source_kind(*kind);
    source.updated_at = clock_.now();
    const auto audit =
        events::audit_of(request, "source.changed").about(source.id, source.project_id);
    if (auto updated = store_.update(source, audit); !updated) {
        return overtaken(request, if_match, std::move(updated).error());
    }
    project_changed_(source.project_id);
    return http::tagged(to_json(source), "Source changed");
}

/// DELETE /v2/access/sources/{source_id}
Result<http::Response> SourceHandlers::remove(const http::Request& request)
{
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_TRY(const auto source, source_of(request));
    ACCESSD_CHECK(if_match.check(to_json(source)));
    const auto version = if_match.is_present() ? std::optional{source.version} : std::nullopt;
    const auto audit =
        events::audit_of(request, "source.deleted").about(source.id, source.project_id);
    if (auto removed = store_.remove(source.project_id, source.id, version, audit); !removed) {
        return overtaken(request, if_match, std::move(removed).error());
    }
    project_changed_(source.project_id);
    return http::success({{"source_id", source.id}, {"deleted", true}}, "Source deleted");
}

}  // namespace accessd::users
