#include "sources/source_handlers.h"

#include "base/id.h"
#include "events/audit_handlers.h"
#include "http/fields.h"
#include "http/render.h"
#include "sources/source_field_handlers.h"
#include "sources/trial_handlers.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace accessd::sources {
namespace {

using nlohmann::json;
using users::Source;
using users::SourceKind;

/// Of one source: enough to try settings out, too few to read a customer's table through us.
constexpr limits::Limit kSourceTests{30, std::chrono::seconds{60}, "source_tests"};

std::optional<SourceKind> read_kind(http::Fields& body, bool is_required)
{
    const auto text = body.choice("kind", is_required,
                                  {"open", "directory", "http", "postgres", "mysql", "sqlite"});
    return text ? users::parse_source_kind(*text) : std::nullopt;
}

}  // namespace

Result<Source> SourceHandlers::source_of(const http::Request& request) const
{
    const auto& id = request.parameter("source_id");
    if (!looks_like_id(id, "src_")) return ErrorCode::SourceNotFound;
    ACCESSD_TRY(auto source, parts_.store.find(id, request.scope()));
    if (!source) return ErrorCode::SourceNotFound;
    return std::move(*source);
}

/// What the entity tag is made of: no secrets, and nothing that changes by itself.
Result<json> SourceHandlers::stable_json(const Source& source) const
{
    json settings = nullptr;
    if (users::is_external(source.kind)) {
        ACCESSD_TRY(const auto opened, parts_.sources.settings_of(source));
        settings = to_json(opened);
    }
    return json{{"source_id", source.id},
                {"project_id", source.project_id},
                {"name", source.name},
                {"kind", to_text(source.kind)},
                {"settings", std::move(settings)},
                {"created_at", to_rfc3339(source.created_at)},
                {"updated_at", to_rfc3339(source.updated_at)}};
}

Result<http::Response> SourceHandlers::answer(const Source& source,
                                              const std::vector<std::string>& warnings,
                                              std::string_view message, int status) const
{
    ACCESSD_TRY(auto shown, stable_json(source));
    const auto tag = http::entity_tag(shown);
    shown["health"] = health_json(source, parts_.sources.health_of(source));
    if (!warnings.empty()) shown["warnings"] = warnings;
    return http::success(shown, message, status).with_header("ETag", tag);
}

void SourceHandlers::seal(Source& source, const SourceSettings& settings) const
{
    source.sealed_settings =
        parts_.keyring.seal(to_document(settings).reveal(), users::source_context(source.id));
}

Result<void> SourceHandlers::check_tag(const http::IfMatch& if_match, const Source& source) const
{
    if (!if_match.is_present()) return {};
    ACCESSD_TRY(const auto shown, stable_json(source));
    return if_match.check(shown);
}

/// The error of a change that the store refused: PreconditionFailed if somebody else was faster and
/// the source is no longer the one that If-Match names.
Error SourceHandlers::overtaken(const http::Request& request, const http::IfMatch& if_match,
                                Error refusal) const
{
    if (refusal.code != ErrorCode::Conflict || !refusal.details.empty()) return refusal;
    const auto source = source_of(request);
    if (!source) return source.error();
    const auto matched = check_tag(if_match, *source);
    return matched ? std::move(refusal) : matched.error();
}

/// POST /v2/access/projects/{project_id}/sources
///     {"name": "Customers", "kind": "postgres", "settings": {"host": "db.shop.example", ...}}
Result<http::Response> SourceHandlers::create(const http::Request& request)
{
    ACCESSD_TRY(const auto project,
                parts_.find_project(request.parameter("project_id"), request.scope()));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto name = body.string("name", {.required = true, .min = 1, .max = 60});
    const auto kind = read_kind(body, true);
    SourceSettings settings;
    settings.kind = kind.value_or(SourceKind::Open);
    const bool is_external = users::is_external(settings.kind);
    if (is_external) read_settings(body, true, settings);
    ACCESSD_CHECK(body.check());
    std::vector<std::string> warnings;
    if (is_external) {
        ACCESSD_TRY(warnings, check_settings(settings, nullptr, parts_.guard, parts_.reach));
    }

    Source source;
    source.created_at = source.updated_at = parts_.clock.now();
    source.id = make_id("src_", source.created_at, parts_.random);
    source.project_id = project.id;
    source.name = *name;
    source.kind = settings.kind;
    if (is_external) seal(source, settings);
    ACCESSD_CHECK(parts_.store.insert(
        source, events::audit_of(request, "source.created").about(source.id, project.id)));
    parts_.project_changed(project.id);
    return answer(source, warnings, "Source created", 201);
}

/// GET /v2/access/projects/{project_id}/sources
Result<http::Response> SourceHandlers::list(const http::Request& request)
{
    ACCESSD_TRY(const auto project,
                parts_.find_project(request.parameter("project_id"), request.scope()));
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());

    ACCESSD_TRY(const auto sources, parts_.store.list(project.id, page));
    auto items = json::array();
    for (const auto& source : sources.items) {
        ACCESSD_TRY(auto shown, stable_json(source));
        shown["health"] = health_json(source, parts_.sources.health_of(source));
        items.push_back(std::move(shown));
    }
    return http::success(http::page_json(std::move(items), sources.next), "Sources");
}

/// GET /v2/access/sources/{source_id}
Result<http::Response> SourceHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto source, source_of(request));
    return answer(source, {}, "Source", 200);
}

/// PATCH /v2/access/sources/{source_id}   {"settings": {"timeout_ms": 1000}}
Result<http::Response> SourceHandlers::change(const http::Request& request)
{
    ACCESSD_TRY(auto source, source_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto name = body.string("name", {.min = 1, .max = 60});
    const auto kind = read_kind(body, false).value_or(source.kind);
    const bool is_same_kind = kind == source.kind;
    SourceSettings settings;
    std::optional<SourceSettings> before;
    if (is_same_kind && users::is_external(kind)) {
        ACCESSD_TRY(before, parts_.sources.settings_of(source));
        settings = *before;
    }
    settings.kind = kind;
    if (users::is_external(kind)) read_settings(body, !before, settings);
    ACCESSD_CHECK(body.check());
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_CHECK(check_tag(if_match, source));
    std::vector<std::string> warnings;
    if (users::is_external(kind)) {
        ACCESSD_TRY(warnings, check_settings(settings, before ? &*before : nullptr, parts_.guard,
                                             parts_.reach));
    }

    if (name) source.name = *name;
    source.kind = kind;
    source.sealed_settings.clear();
    if (users::is_external(kind)) seal(source, settings);
    source.updated_at = parts_.clock.now();
    const auto audit =
        events::audit_of(request, "source.changed").about(source.id, source.project_id);
    if (auto updated = parts_.store.update(source, audit); !updated) {
        return overtaken(request, if_match, std::move(updated).error());
    }
    parts_.project_changed(source.project_id);
    return answer(source, warnings, "Source changed", 200);
}

/// DELETE /v2/access/sources/{source_id}
Result<http::Response> SourceHandlers::remove(const http::Request& request)
{
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_TRY(const auto source, source_of(request));
    ACCESSD_CHECK(check_tag(if_match, source));
    const auto version = if_match.is_present() ? std::optional{source.version} : std::nullopt;
    const auto audit =
        events::audit_of(request, "source.deleted").about(source.id, source.project_id);
    if (auto removed = parts_.store.remove(source.project_id, source.id, version, audit);
        !removed) {
        return overtaken(request, if_match, std::move(removed).error());
    }
    parts_.project_changed(source.project_id);
    return http::success({{"source_id", source.id}, {"deleted", true}}, "Source deleted");
}

/// What the directory, or a source that takes everybody, says.
Trial SourceHandlers::look_up(const Source& source, const users::Contact& contact)
{
    if (users::is_external(source.kind)) return parts_.sources.test(source, contact);
    Trial trial;
    const auto user = parts_.directory.find(source.project_id, contact);
    if (!user) {
        trial.finding = {Finding::Status::Refused, {}, "the server's own store can't be read now"};
        return trial;
    }
    trial.has_answered = true;
    if (*user) {
        const auto& found = **user;
        trial.finding = {Finding::Status::Known,
                         {found.user_id, found.email, found.phone, found.name, found.claims},
                         {}};
    } else if (source.kind == SourceKind::Open) {
        trial.finding = {
            Finding::Status::Unknown, {}, "nobody so far; a user is made when they first log in"};
    }
    return trial;
}

/// POST /v2/access/sources/{source_id}/test   {"email": "ana@example.com"}
Result<http::Response> SourceHandlers::test(const http::Request& request)
{
    ACCESSD_TRY(const auto source, source_of(request));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    const auto contact = read_contact(body);
    ACCESSD_CHECK(body.check());
    ACCESSD_CHECK(
        parts_.limits.take_all({{"source_tests:" + source.id, kSourceTests}}, parts_.clock.now()));
    return http::success(to_json(look_up(source, *contact)), "Source tested");
}

}  // namespace accessd::sources
