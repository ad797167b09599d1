#include "users/import_handlers.h"

#include "base/id.h"
#include "events/audit_handlers.h"
#include "http/body_file.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <memory>
#include <utility>

namespace accessd::users {
namespace {

using nlohmann::json;

constexpr int kRefusedShown = 100;  // In the report itself; the rest is a list of its own.

json shown(const std::vector<RefusedRow>& rows)
{
    auto items = json::array();
    for (const auto& row : rows) items.push_back({{"line", row.line}, {"reason", row.reason}});
    return items;
}

json shown(const Import& import, const std::vector<RefusedRow>& refused)
{
    return {{"import_id", import.id},
            {"project_id", import.project_id},
            {"source_id", import.source_id},
            {"mode", to_text(import.mode)},
            {"dry_run", import.is_dry_run},
            {"status", to_text(import.status)},
            {"problem", http::or_null(import.problem)},
            {"bytes", import.bytes},
            {"bytes_read", import.bytes_read},
            {"rows", import.rows},
            {"refused", import.refused},
            {"added", import.added},
            {"changed", import.changed},
            {"removed", import.removed},
            {"refused_rows", shown(refused)},
            {"created_at", to_rfc3339(import.created_at)},
            {"updated_at", to_rfc3339(import.updated_at)}};
}

bool is_csv(const http::Request& request)
{
    auto type = std::string{request.header("Content-Type").value_or("")};
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' ')) type.pop_back();
    for (char& c : type) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return type == "text/csv" && !request.header("Content-Encoding");
}

}  // namespace

ImportHandlers::ImportHandlers(Imports& imports, ImportStore& store, SourceStore& sources,
                               const Clock& clock, FindProject find_project)
    : imports_(imports),
      store_(store),
      sources_(sources),
      clock_(clock),
      find_project_(std::move(find_project))
{
}

/// POST /v2/access/sources/{source_id}/import?mode=replace&dry_run=true   a file of text/csv
Result<http::Response> ImportHandlers::import(const http::Request& request)
{
    const auto& id = request.parameter("source_id");
    if (!looks_like_id(id, "src_")) return ErrorCode::SourceNotFound;
    ACCESSD_TRY(const auto source, sources_.find(id, request.scope()));
    if (!source) return ErrorCode::SourceNotFound;
    if (!is_csv(request)) return ErrorCode::UnsupportedMediaType;
    http::Query query{request};
    const auto mode = query.choice("mode", {"add", "replace"}).value_or("add");
    const auto dry_run = query.choice("dry_run", {"true", "false"}).value_or("false");
    ACCESSD_CHECK(query.check());
    if (is_external(source->kind)) {
        return Error{ErrorCode::Conflict}.saying(
            "People of this source are looked up outside: there is nothing to import them into.");
    }
    ACCESSD_TRY(const auto project, find_project_(source->project_id, request.scope()));

    const auto file = request.body_file;
    ACCESSD_TRY(const auto import,
                imports_.start({.project_id = project.id,
                                .source_id = source->id,
                                .mode = *parse_import_mode(mode),
                                .is_dry_run = dry_run == "true",
                                .test = project.test,
                                .bytes = file ? static_cast<std::int64_t>(file->size()) : 0,
                                .read =
                                    [file](std::span<char> into) {
                                        return file ? file->read(into) : std::size_t{0};
                                    }},
                               events::audit_of(request, "source.imported")));
    return http::success(shown(import, {}), "Import begun", 202);
}

Result<Import> ImportHandlers::import_of(const http::Request& request) const
{
    const auto& id = request.parameter("import_id");
    if (!looks_like_id(id, "imp_")) return ErrorCode::ImportNotFound;
    ACCESSD_TRY(auto import, store_.find(id, request.scope(), clock_.now()));
    if (!import) return ErrorCode::ImportNotFound;
    return *std::move(import);
}

/// GET /v2/access/imports/{import_id}
Result<http::Response> ImportHandlers::get(const http::Request& request)
{
    ACCESSD_TRY(const auto import, import_of(request));
    ACCESSD_TRY(const auto refused, store_.refused_rows(import.id, 0, kRefusedShown));
    return http::success(shown(import, refused), "Import");
}

/// GET /v2/access/imports/{import_id}/refused-rows   in order of lines
Result<http::Response> ImportHandlers::refused_rows(const http::Request& request)
{
    ACCESSD_TRY(const auto import, import_of(request));
    http::Query query{request};
    const auto page = query.page();
    std::int64_t after = 0;
    if (page.after) {
        const auto* end = page.after->data() + page.after->size();
        const auto read = std::from_chars(page.after->data(), end, after);
        if (read.ec != std::errc{} || read.ptr != end) query.refuse("cursor", "isn't one of ours");
    }
    ACCESSD_CHECK(query.check());
    ACCESSD_TRY(auto rows, store_.refused_rows(import.id, after, page.limit + 1));
    std::optional<std::string> next;
    if (rows.size() > static_cast<std::size_t>(page.limit)) {
        rows.pop_back();
        next = std::to_string(rows.back().line);
    }
    return http::success(http::page_json(shown(rows), next), "Refused rows");
}

}  // namespace accessd::users
