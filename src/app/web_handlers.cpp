#include "app/web_handlers.h"

#include "app/embedded_site.h"
#include "base/encoding.h"
#include "embedded/console.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace accessd::app {
namespace {

constexpr std::string_view kNoncePlace = "{style_nonce}";
constexpr std::size_t kNonceBytes = 16;

/// No script but ours, nothing from other hosts but pictures: projects' logos lie where they like. Style
/// attributes are let in for mails, which are shown as their readers see them, in a frame without scripts.
std::string console_policy(const std::string& nonce)
{
    return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce +
           "'; style-src-attr 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self'; "
           "font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
           "frame-ancestors 'none'";
}

/// What every page of ours asks of a browser beside its Content-Security-Policy.
http::Response hardened(http::Response response, std::string policy, std::string_view features)
{
    return std::move(response)
        .with_header("Content-Security-Policy", std::move(policy))
        .with_header("Referrer-Policy", "no-referrer")
        .with_header("X-Frame-Options", "DENY")
        .with_header("Cross-Origin-Opener-Policy", "same-origin")
        .with_header("Cross-Origin-Resource-Policy", "same-origin")
        .with_header("Permissions-Policy", std::string{features});
}

/// The file keeps its content as long as its name.
Result<http::Response> asset(std::span<const EmbeddedFile> files, const http::Request& request)
{
    ACCESSD_TRY(auto response,
                serve_embedded(files, "assets/" + request.parameter("file"), request));
    return std::move(response)
        .with_header("Cache-Control", "public, max-age=31536000, immutable")
        .with_header("Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace

WebHandlers::WebHandlers(Random& random) : random_(random) {}

/// GET /console and every address of the console's own below it
Result<http::Response> WebHandlers::console(const http::Request&)
{
    ACCESSD_TRY(const auto page, embedded_bytes(embedded_console(), "index.html"));
    const auto nonce = to_base64(random_.bytes(kNonceBytes));
    std::string text{page};
    if (const auto at = text.find(kNoncePlace); at != std::string::npos) {
        text.replace(at, kNoncePlace.size(), nonce);
    }
    return hardened(http::plain(std::move(text), "text/html; charset=utf-8"), console_policy(nonce),
                    "camera=(), microphone=(), geolocation=(), payment=()");
}

/// GET /console/assets/{file}
Result<http::Response> WebHandlers::console_asset(const http::Request& request)
{
    return asset(embedded_console(), request);
}

}  // namespace accessd::app
