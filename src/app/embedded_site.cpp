#include "app/embedded_site.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace accessd::app {
namespace {

std::string_view type_of(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> types{
        {{".html", "text/html; charset=utf-8"},
         {".js", "text/javascript; charset=utf-8"},
         {".css", "text/css; charset=utf-8"},
         {".json", "application/json"},
         {".png", "image/png"},
         {".svg", "image/svg+xml"},
         {".wasm", "application/wasm"},
         {".woff2", "font/woff2"}}};
    for (const auto& [ending, type] : types) {
        if (name.ends_with(ending)) return type;
    }
    return "application/octet-stream";
}

const EmbeddedFile* find_file(std::span<const EmbeddedFile> files, std::string_view name)
{
    const auto found = std::lower_bound(
        files.begin(), files.end(), name,
        [](const EmbeddedFile& file, std::string_view wanted) { return file.name < wanted; });
    return found == files.end() || found->name != name ? nullptr : &*found;
}

/// The coding's name and the ending of its files, the smallest first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kCodings{
    {{"br", ".br"}, {"gzip", ".gz"}}};

}  // namespace

Result<std::string_view> embedded_bytes(std::span<const EmbeddedFile> files, std::string_view name)
{
    const auto* file = find_file(files, name);
    if (file == nullptr) return ErrorCode::NotFound;
    return file->bytes;
}

Result<http::Response> serve_embedded(std::span<const EmbeddedFile> files, std::string_view name,
                                      const http::Request& request)
{
    ACCESSD_TRY(auto bytes, embedded_bytes(files, name));
    const auto accepts = request.header("Accept-Encoding").value_or("");
    std::string_view chosen;
    for (const auto& [coding, ending] : kCodings) {
        if (accepts.find(coding) == std::string_view::npos) continue;
        const auto* packed = find_file(files, std::string{name} + std::string{ending});
        if (packed == nullptr) continue;
        bytes = packed->bytes;
        chosen = coding;
        break;
    }
    auto response = http::plain(std::string{bytes}, std::string{type_of(name)})
                        .with_header("Vary", "Accept-Encoding");
    if (!chosen.empty()) response.headers.push_back({"Content-Encoding", std::string{chosen}});
    return response;
}

}  // namespace accessd::app
