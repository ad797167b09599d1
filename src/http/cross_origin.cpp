#include "http/cross_origin.h"

#include "http/router.h"

#include <string>
#include <variant>
#include <vector>

namespace accessd::http {
namespace {

constexpr std::string_view kAllowedHeaders =
    "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-Id";
constexpr std::string_view kMaxAgeSeconds = "600";

/// The methods of the path, which the refusal of OPTIONS names.
std::string methods_of(const Error& refusal)
{
    std::string text;
    for (const auto& [name, value] : refusal.details) {
        const auto* methods = std::get_if<std::vector<std::string>>(&value);
        if (name != "allow" || methods == nullptr) continue;
        for (const auto& method : *methods) text += (text.empty() ? "" : ", ") + method;
    }
    return text;
}

}  // namespace

bool is_shared_path(std::string_view path) { return path.starts_with(kApiPath); }

bool is_preflight(const Request& request, ErrorCode refusal)
{
    return refusal == ErrorCode::MethodNotAllowed && request.method == "OPTIONS" &&
           is_shared_path(request.path) && request.header("Origin") &&
           request.header("Access-Control-Request-Method");
}

Result<Response> answer_preflight(const Request& request, const Error& refusal,
                                  OriginPolicy& origins)
{
    const auto origin = request.header("Origin").value_or(std::string_view{});
    if (!origins.is_known(origin)) return refusal;
    return plain({}, {}, 204)
        .with_header("Access-Control-Allow-Origin", std::string{origin})
        .with_header("Access-Control-Allow-Methods", methods_of(refusal))
        .with_header("Access-Control-Allow-Headers", std::string{kAllowedHeaders})
        .with_header("Access-Control-Max-Age", std::string{kMaxAgeSeconds});
}

}  // namespace accessd::http
