#include "http/router.h"

#include "http/media_type.h"
#include "http/percent_decoding.h"

#include <algorithm>
#include <deque>
#include <map>
#include <stdexcept>
#include <utility>

namespace accessd::http {
namespace {

constexpr std::size_t kFormBytesMax = 4 * 1024;  // Our forms have a button and little else.

std::vector<std::string_view> split(std::string_view path)
{
    std::vector<std::string_view> segments;
    segments.reserve(8);
    while (!path.empty()) {
        path.remove_prefix(1);  // The slash.
        const auto end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool is_parameter(std::string_view segment)
{
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool is_dots(std::string_view segment) { return segment == "." || segment == ".."; }

Error malformed(const char* detail) { return Error{ErrorCode::MalformedHttp, detail}; }

std::string_view to_text(Scope scope)
{
    switch (scope) {
    case Scope::Access: return "access";
    case Scope::Manage: return "manage";
    case Scope::Read: return "read";
    case Scope::Any: return "access, manage or read";
    case Scope::Browser: return "browser";
    case Scope::AccessOrBrowser: return "access";
    case Scope::Validation: return "validation";
    case Scope::AccessOrPerson: return "access";
    case Scope::ReadOrBrowser: return "read";
    }
    return {};
}

/// RFC 6750, 2.1: the characters of a b64token.
bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view{"-._~+/="}.find(c) != std::string_view::npos;
}

/// The value of a header that may stand there once: `count` says how often it does.
std::string_view find_single(const Request& request, std::string_view name, int& count)
{
    std::string_view value;
    count = 0;
    for (const auto& header : request.headers) {
        if (!equals_no_case(header.name, name)) continue;
        value = header.value;
        ++count;
    }
    return value;
}

Result<std::string_view> find_bearer(const Request& request)
{
    constexpr std::string_view scheme = "Bearer";
    int count = 0;
    const auto value = trim(find_single(request, "Authorization", count));
    if (count > 1) return Error{ErrorCode::InvalidToken, "repeated Authorization"};
    if (!equals_no_case(value.substr(0, scheme.size()), scheme)) return ErrorCode::MissingToken;
    const auto rest = value.substr(scheme.size());
    const auto token = trim(rest);
    if (token.empty()) return ErrorCode::MissingToken;
    if (rest.front() != ' ') return ErrorCode::MissingToken;  // Another scheme, like "BearerX".
    if (!std::all_of(token.begin(), token.end(), is_token_char)) {
        return Error{ErrorCode::InvalidToken, "characters of the token"};
    }
    return token;
}

/// A token that is sent on purpose goes before a cookie that a browser adds by itself.
Result<Caller> authenticate(Guard& guard, const Request& request)
{
    if (!request.header("Authorization")) {
        ACCESSD_TRY(auto person, guard.find_session(request));
        if (person) return std::move(*person);
    }
    ACCESSD_TRY(const auto bearer, find_bearer(request));
    return guard.authenticate(bearer);
}

Result<void> check_token(Scope scope, Guard& guard, Request& request)
{
    ACCESSD_TRY(request.caller, authenticate(guard, request));
    if (request.caller->may(scope)) return {};
    if (request.caller->browser) {
        return Error{ErrorCode::InsufficientScope}.saying(
            "A browser's token runs its own login, and nothing else.");
    }
    return Error{ErrorCode::InsufficientScope}.saying("This needs a token with the scope " +
                                                      std::string{to_text(scope)} + ".");
}

Result<void> check_accept(const Request& request)
{
    Accept accept;
    for (const auto& header : request.headers) {
        if (equals_no_case(header.name, "Accept")) accept.read(header.value);
    }
    if (!accept.allows_json()) return ErrorCode::NotAcceptable;
    return {};
}

bool has_body(const Request& request)
{
    if (request.header("Transfer-Encoding")) return true;
    const auto length = request.header("Content-Length").value_or("0");
    return length.find_first_not_of('0') != std::string_view::npos;
}

Result<void> check_body_type(const Request& request)
{
    if (!has_body(request)) return {};
    int types = 0;
    const auto type = find_single(request, "Content-Type", types);
    if (types != 1 || !is_json_type(type)) return ErrorCode::UnsupportedMediaType;
    for (const auto& header : request.headers) {
        if (!equals_no_case(header.name, "Content-Encoding")) continue;
        if (!equals_no_case(header.value, "identity")) return ErrorCode::UnsupportedMediaType;
    }
    return {};
}

}  // namespace

/// What may follow a path's beginning.
struct Router::Node {
    struct End {
        const Route* route;
        std::vector<std::string> names;  ///< Of the parameters, from left to right.
    };

    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::vector<End> ends;  ///< One for each method.
};

/// One look-up. A literal segment goes before a parameter; where it leads nowhere, or to other
/// methods only, the parameter has its turn.
class Router::Search {
public:
    Search(std::string_view method, const std::vector<std::string_view>& segments)
        : method_(method), segments_(segments)
    {
    }

    const Node::End* run(const Node& node, std::size_t at = 0)
    {
        if (at == segments_.size()) return choose(node);
        if (const auto next = node.literals.find(segments_[at]); next != node.literals.end()) {
            if (const auto* found = run(*next->second, at + 1)) return found;
        }
        if (node.parameter == nullptr || segments_[at].empty()) return nullptr;
        values.push_back(segments_[at]);
        if (const auto* found = run(*node.parameter, at + 1)) return found;
        values.pop_back();
        return nullptr;
    }

    std::vector<std::string_view> values;  ///< Of the parameters, from left to right.
    std::vector<std::string> allowed;      ///< Methods of what was met on the way.

private:
    const Node::End* choose(const Node& node)
    {
        const Node::End* by_get = nullptr;
        for (const auto& end : node.ends) {
            if (end.route->method == method_) return &end;
            if (end.route->method == "GET") by_get = &end;
        }
        if (by_get != nullptr && method_ == "HEAD") return by_get;
        for (const auto& end : node.ends) {
            allow(end.route->method);
            if (&end == by_get) allow("HEAD");
        }
        return nullptr;
    }
    void allow(const std::string& method)
    {
        if (std::find(allowed.begin(), allowed.end(), method) == allowed.end()) {
            allowed.push_back(method);
        }
    }

    std::string_view method_;
    const std::vector<std::string_view>& segments_;
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::get(std::string pattern, std::optional<Scope> scope, Handler handler)
{
    add_usual("GET", std::move(pattern), scope, std::move(handler));
}
void Router::post(std::string pattern, std::optional<Scope> scope, Handler handler)
{
    add_usual("POST", std::move(pattern), scope, std::move(handler));
}
void Router::put(std::string pattern, std::optional<Scope> scope, Handler handler)
{
    add_usual("PUT", std::move(pattern), scope, std::move(handler));
}
void Router::patch(std::string pattern, std::optional<Scope> scope, Handler handler)
{
    add_usual("PATCH", std::move(pattern), scope, std::move(handler));
}
void Router::remove(std::string pattern, std::optional<Scope> scope, Handler handler)
{
    add_usual("DELETE", std::move(pattern), scope, std::move(handler));
}

void Router::post_form(std::string pattern, std::optional<Scope> scope, Handler handler)
{
    add("POST", std::move(pattern),
        {.scope = scope, .body_bytes_max = kFormBytesMax, .json_body = false, .json_answer = false},
        std::move(handler));
}

void Router::add_usual(std::string method, std::string pattern, std::optional<Scope> scope,
                       Handler handler)
{
    const bool is_api = pattern.starts_with(kApiPath);
    add(std::move(method), std::move(pattern), {.scope = scope, .json_answer = is_api},
        std::move(handler));
}

void Router::add(std::string method, std::string pattern, RouteOptions options, Handler handler)
{
    if (!pattern.starts_with('/')) throw std::logic_error{"a route must start with /: " + pattern};
    routes_.push_back(std::make_unique<Route>(
        Route{std::move(method), std::move(pattern), options, std::move(handler), routes_.size()}));
    const auto& route = *routes_.back();

    auto* node = root_.get();
    Node::End end{&route, {}};
    for (const auto segment : split(route.pattern)) {
        const bool is_any = is_parameter(segment);
        if (is_any) end.names.emplace_back(segment.substr(1, segment.size() - 2));
        auto& next = is_any ? node->parameter : node->literals[std::string{segment}];
        if (next == nullptr) next = std::make_unique<Node>();
        node = next.get();
    }
    for (const auto& other : node->ends) {
        if (other.route->method != route.method) continue;
        throw std::logic_error{"two routes for " + route.method + " " + route.pattern};
    }
    node->ends.push_back(std::move(end));
}

Result<Router::Match> Router::find(std::string_view method, std::string_view path) const
{
    if (!path.starts_with('/')) return ErrorCode::NotFound;
    auto segments = split(path);
    std::deque<std::string> decoded;  // Its elements stay where they are.
    if (path.find('%') != std::string_view::npos) {
        for (auto& segment : segments) {
            auto text = percent_decode(segment, Plus::Itself);
            if (!text) return malformed("percent-encoding of the path");
            segment = decoded.emplace_back(std::move(*text));
        }
    }
    if (std::any_of(segments.begin(), segments.end(), is_dots)) return ErrorCode::NotFound;

    Search search{method, segments};
    const auto* end = search.run(*root_);
    if (end == nullptr && search.allowed.empty()) return ErrorCode::NotFound;
    if (end == nullptr) {
        return Error{ErrorCode::MethodNotAllowed}.with("allow", std::move(search.allowed));
    }
    Match match{end->route, {}};
    match.parameters.reserve(end->names.size());
    for (std::size_t i = 0; i < end->names.size(); ++i) {
        match.parameters.emplace_back(end->names[i], search.values[i]);
    }
    return match;
}

Result<void> Router::admit(const Route& route, Guard& guard, Request& request)
{
    if (route.options.scope) ACCESSD_CHECK(check_token(*route.options.scope, guard, request));
    if (route.options.json_answer) ACCESSD_CHECK(check_accept(request));
    if (route.options.json_body) ACCESSD_CHECK(check_body_type(request));
    return {};
}

}  // namespace accessd::http
