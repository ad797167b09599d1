#pragma once

#include "base/result.h"
#include "http/request.h"
#include "http/response.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace accessd::http {

/// Reads the bearer token of a request. Implemented by the application over tokens/.
class Guard {
public:
    virtual ~Guard() = default;
    /// Errors: InvalidToken, TokenExpired, TokenRevoked, StoreUnavailable.
    /// Threads: called concurrently, on io threads too: must not wait for the disk on its usual path.
    virtual Result<Caller> authenticate(std::string_view bearer) = 0;
    /// The person whose browser sent the request with a session's cookie, where it has no Authorization
    /// header; nothing for a request without such a cookie.
    /// Errors: InvalidToken, TokenExpired; InsufficientScope for a change without the session's CSRF token.
    virtual Result<std::optional<Caller>> find_session(const Request& /*request*/)
    {
        return std::optional<Caller>{};
    }
};

/// Where answers are JSON. Health, keys, documents and pages lie elsewhere (api.md, section 1).
inline constexpr std::string_view kApiPath = "/v2/access/";
/// Of it, what browsers call before they have a token.
inline constexpr std::string_view kPublicPath = "/v2/access/public/";

using Handler = std::function<Result<Response>(const Request&)>;

/// Where a route is served.
enum class Listener { Api, Operations };

/// What a route asks of a request before its handler sees it.
struct RouteOptions {
    std::optional<Scope> scope;  ///< Nothing: no token needed.
    std::size_t body_bytes_max = 64 * 1024;
    bool json_body = true;  ///< Bodies must be application/json.
    /// Not empty: bodies go to a nameless file in this folder (Request::body_file) instead of to memory, and
    /// may take as long as bytes keep coming.
    std::string body_folder{};
    /// The Accept header must allow JSON. The short forms below (get() and the like) say so under
    /// /v2/access/ only: elsewhere answers come in types of their own.
    bool json_answer = true;
};

/// One line of the API.
struct Route {
    std::string method;
    std::string pattern;  ///< "/v2/access/flows/{flow_id}/methods/{method}".
    RouteOptions options;
    Handler handler;
    std::size_t index = 0;  ///< Position, by which metrics are kept.
};

/// Finds routes and runs their guards. Filled once at start, then only read.
/// A HEAD request is answered by its GET route without the body.
/// A pattern that is malformed or there already is a mistake of the program: std::logic_error.
class Router {
public:
    Router();
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;

    void get(std::string pattern, std::optional<Scope> scope, Handler handler);
    void post(std::string pattern, std::optional<Scope> scope, Handler handler);
    void put(std::string pattern, std::optional<Scope> scope, Handler handler);
    void patch(std::string pattern, std::optional<Scope> scope, Handler handler);
    void remove(std::string pattern, std::optional<Scope> scope, Handler handler);
    /// A POST that a page's form makes: its body may be of any type.
    void post_form(std::string pattern, std::optional<Scope> scope, Handler handler);
    void add(std::string method, std::string pattern, RouteOptions options, Handler handler);

    struct Match {
        const Route* route = nullptr;
        std::vector<std::pair<std::string, std::string>> parameters;
    };
    /// `path` comes as it was sent. Its segments are split first and then decoded, so that "%2F" is
    /// part of a parameter and never a border. A parameter is UTF-8 and neither empty, "." nor "..".
    /// Errors: NotFound (also with a slash too many); MalformedHttp for percent-encoding that is
    /// broken, hides a NUL or isn't UTF-8; MethodNotAllowed with `details.allow` (also sent as the
    /// Allow header).
    Result<Match> find(std::string_view method, std::string_view path) const;

    /// Token, scope and media types, from the headers alone, before the body is read. Fills
    /// request.caller.
    /// Errors: those of Guard, MissingToken, InsufficientScope, NotAcceptable, UnsupportedMediaType.
    static Result<void> admit(const Route& route, Guard& guard, Request& request);

    const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

private:
    struct Node;
    class Search;

    void add_usual(std::string method, std::string pattern, std::optional<Scope> scope,
                   Handler handler);

    std::vector<std::unique_ptr<Route>> routes_;
    std::unique_ptr<Node> root_;
};

}  // namespace accessd::http
