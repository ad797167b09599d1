#include "app/operations_handlers.h"

#include "app/version.h"
#include "embedded/docs.h"
#include "embedded/openapi.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace accessd::app {
namespace {

constexpr std::string_view kJson = "application/json";
// Swagger UI sets style attributes; scripts come from here alone.
constexpr std::string_view kDocsPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

std::string_view type_of(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> types{
        {{".html", "text/html; charset=utf-8"},
         {".js", "text/javascript; charset=utf-8"},
         {".css", "text/css; charset=utf-8"},
         {".json", kJson},
         {".png", "image/png"},
         {".svg", "image/svg+xml"}}};
    for (const auto& [ending, type] : types) {
        if (name.ends_with(ending)) return type;
    }
    return "application/octet-stream";
}

const EmbeddedFile* find_file(std::span<const EmbeddedFile> files, std::string_view name)
{
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const EmbeddedFile& file) { return file.name == name; });
    return found == files.end() ? nullptr : &*found;
}

/// The file, compressed where the client takes it and the build made it so.
Result<http::Response> serve(std::span<const EmbeddedFile> files, std::string_view name,
                             const http::Request& request)
{
    const auto* file = find_file(files, name);
    if (file == nullptr) return ErrorCode::NotFound;
    const auto accepts = request.header("Accept-Encoding").value_or("");
    const auto* packed = find_file(files, std::string{name} + ".gz");
    const bool is_packed = packed != nullptr && accepts.find("gzip") != std::string_view::npos;
    auto response =
        http::plain(std::string{(is_packed ? packed : file)->bytes}, std::string{type_of(name)})
            .with_header("Vary", "Accept-Encoding");
    if (is_packed) response.headers.push_back({"Content-Encoding", "gzip"});
    return response;
}

std::string to_text(const face::Availability& biometrics)
{
    return biometrics.is_on ? "ok" : "off: " + biometrics.reason;
}

http::Response readiness(const nlohmann::json& body, bool is_ready)
{
    auto response = http::plain(body.dump(), std::string{kJson}, is_ready ? 200 : 503);
    if (!is_ready) response.headers.push_back({"Retry-After", "1"});
    return response;
}

}  // namespace

OperationsHandlers::OperationsHandlers(store::Stores& stores, metrics::Metrics& metrics,
                                       const face::Analyst& faces)
    : stores_(stores), metrics_(metrics), faces_(faces)
{
}

/// GET /healthz
Result<http::Response> OperationsHandlers::healthz(const http::Request&)
{
    return http::plain(R"({"status":"ok"})", std::string{kJson});
}

/// GET /readyz
Result<http::Response> OperationsHandlers::readyz(const http::Request&)
{
    const bool is_ready = !stopping_ && stores_.is_healthy();
    return readiness({{"status", is_ready ? "ready" : "not_ready"}}, is_ready);
}

/// GET /readyz on the operations listener
Result<http::Response> OperationsHandlers::readyz_detailed(const http::Request&)
{
    const bool is_store_ok = stores_.is_healthy();
    const bool is_ready = !stopping_ && is_store_ok;
    const nlohmann::json body{{"status", is_ready ? "ready" : "not_ready"},
                              {"parts",
                               {{"store", is_store_ok ? "ok" : "can't be reached or written"},
                                {"migrations", "ok"},  // A store with others is not opened at all.
                                {"server", stopping_ ? "stopping" : "ok"},
                                {"biometrics", to_text(faces_.availability())}}}};
    return readiness(body, is_ready);
}

/// GET /version
Result<http::Response> OperationsHandlers::version(const http::Request&)
{
    const nlohmann::json body{{"name", "accessd"},
                              {"version", app::version()},
                              {"commit", commit()},
                              {"api_version", "v2"}};
    return http::plain(body.dump(), std::string{kJson});
}

/// GET /metrics
Result<http::Response> OperationsHandlers::metrics(const http::Request&)
{
    return http::plain(metrics_.render(), "text/plain; version=0.0.4; charset=utf-8");
}

/// GET /openapi.json
Result<http::Response> OperationsHandlers::openapi(const http::Request& request)
{
    return serve(embedded_openapi(), "openapi.json", request);
}

/// GET /docs and /docs/{file}
Result<http::Response> OperationsHandlers::docs(const http::Request& request)
{
    std::string name = "index.html";
    for (const auto& [parameter, value] : request.parameters) {
        if (parameter == "file") name = value;
    }
    ACCESSD_TRY(auto response, serve(embedded_docs(), name, request));
    return std::move(response).with_header("Content-Security-Policy", std::string{kDocsPolicy});
}

}  // namespace accessd::app
