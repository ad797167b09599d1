#include "app/idempotency.h"

#include "base/encoding.h"
#include "base/json.h"
#include "base/log.h"
#include "crypto/hash.h"
#include "http/media_type.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace accessd::app {
namespace {

using nlohmann::json;

constexpr std::string_view kHeader = "Idempotency-Key";
constexpr std::size_t kKeyMax = 255;
constexpr std::size_t kLeaseBytes = 16;

bool is_key(std::string_view text)
{
    return !text.empty() && text.size() <= kKeyMax &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// The header's value; nothing without the header. Errors: InvalidRequest.
Result<std::optional<std::string>> find_key(const http::Request& request)
{
    std::optional<std::string> key;
    for (const auto& header : request.headers) {
        if (!http::equals_no_case(header.name, kHeader)) continue;
        if (key) return Error::invalid(std::string{kHeader}, "must stand there once");
        key = header.value;
    }
    if (key && !is_key(*key)) {
        return Error::invalid(std::string{kHeader}, "must be 1 to 255 printable ASCII characters");
    }
    return key;
}

/// The project of a request, where it says one: in its path, its body, or by its token.
std::string project_of(const http::Request& request)
{
    for (const auto& [name, value] : request.parameters) {
        if (name == "project_id") return value;
    }
    if (const auto body = parse_json(request.body); body && body->is_object()) {
        const auto found = body->find("project_id");
        if (found != body->end() && found->is_string()) return found->get<std::string>();
    }
    const bool has_one = request.caller && request.caller->projects.ids().size() == 1;
    return has_one ? request.caller->projects.ids().front() : std::string{};
}

/// One part after the other, each with its length, so that no two lists read alike.
std::string joined(std::initializer_list<std::string_view> parts)
{
    std::string text;
    for (const auto part : parts) {
        text += std::to_string(part.size());
        (text += ':') += part;
    }
    return text;
}

std::string name_scope(const http::Request& request, std::string_view route,
                       const std::string& project_id, const std::string& body_hash,
                       const std::string& key)
{
    std::string path;
    for (const auto& [name, value] : request.parameters) path += joined({name, value});
    // Without a token anybody could take a key that is somebody else's: there, the body is the caller.
    const auto caller = request.caller ? "token " + request.caller->subject : "body " + body_hash;
    return to_hex(crypto::sha256(joined({caller, route, path, request.query, project_id, key})));
}

// What seals are bound to.
std::string body_context(const std::string& scope) { return "idempotent_body:" + scope; }
std::string answer_context(const std::string& scope) { return "idempotent_answer:" + scope; }

std::string to_text(const http::Response& response)
{
    auto headers = json::array();
    for (const auto& header : response.headers) headers.push_back({header.name, header.value});
    return json{{"status", response.status},
                {"content_type", response.content_type},
                {"headers", std::move(headers)},
                {"project_id", response.project_id},
                {"body", response.body}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Faults of ours and limits pass: the same request may fare better later.
bool is_kept(int status, bool has_token)
{
    if (status == 429 || status >= 500) return false;
    return has_token || status < 300;  // Strangers' mistakes take no room.
}

}  // namespace

/// The right to run a request. Given up, unless its answer is kept: also by an exception.
class Idempotency::Lease {
public:
    Lease(limits::IdempotencyStore& store, std::string scope, std::string id)
        : store_(store), scope_(std::move(scope)), id_(std::move(id))
    {
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease()
    {
        if (!is_held_) return;
        try {
            report(store_.abandon(scope_, id_));
        } catch (const std::exception& problem) {  // The lease ends by itself.
            log::error("an idempotent request isn't given up", {{"detail", problem.what()}});
        }
    }

    const std::string& scope() const { return scope_; }

    void keep(const std::string& sealed_answer, TimePoint expires_at)
    {
        is_held_ = false;
        report(store_.finish(scope_, id_, sealed_answer, expires_at));
    }

private:
    /// What was done is done: the caller gets its answer, and the lease ends by itself.
    static void report(const Result<void>& done)
    {
        if (!done) log::warn("an idempotent answer isn't kept", {{"detail", done.error().detail}});
    }

    limits::IdempotencyStore& store_;
    std::string scope_;
    std::string id_;
    bool is_held_ = true;
};

Idempotency::Idempotency(limits::IdempotencyStore& store, const crypto::Keyring& keyring,
                         Clock& clock, Random& random)
    : store_(store), keyring_(keyring), clock_(clock), random_(random)
{
}

http::Handler Idempotency::once(std::string route, std::chrono::seconds life, http::Handler handler)
{
    return [this, route = std::move(route), life,
            handler = std::move(handler)](const http::Request& request) -> Result<http::Response> {
        ACCESSD_TRY(const auto key, find_key(request));
        if (!key) return handler(request);
        return answer(request, route, *key, life, handler);
    };
}

Result<http::Response> Idempotency::answer(const http::Request& request, const std::string& route,
                                           const std::string& key, std::chrono::seconds life,
                                           const http::Handler& handler)
{
    using State = limits::IdempotentStart::State;
    const auto project_id = project_of(request);
    const auto body_hash = to_hex(crypto::sha256(request.body));
    const auto scope = name_scope(request, route, project_id, body_hash, key);
    const auto lease_id = to_base64url(random_.bytes(kLeaseBytes));
    const auto now = clock_.now();
    ACCESSD_TRY(const auto start,
                store_.start({scope, project_id, keyring_.seal(body_hash, body_context(scope))},
                             lease_id, now, now + kLease));
    if (start.state == State::First) {
        Lease lease{store_, scope, lease_id};
        return run(request, handler, life, lease);
    }
    ACCESSD_TRY(const auto first_hash, keyring_.unseal(start.sealed_body, body_context(scope)));
    if (first_hash.reveal() != body_hash) return ErrorCode::IdempotencyConflict;
    if (start.state == State::Answered) return replay(scope, start.sealed_answer);
    Error running{ErrorCode::IdempotencyInProgress};
    running.retry_after = std::chrono::seconds{1};
    return running;
}

Result<http::Response> Idempotency::run(const http::Request& request, const http::Handler& handler,
                                        std::chrono::seconds life, Lease& lease)
{
    auto result = http::wait_for_answer(handler(request));
    const auto accept = request.header("Accept").value_or(std::string_view{});
    const auto response = result ? *result : http::failure(result.error(), request.id, accept);
    if (!is_kept(response.status, request.caller.has_value())) return result;
    lease.keep(keyring_.seal(to_text(response), answer_context(lease.scope())),
               clock_.now() + life);
    return result;  // As the handler gave it, so that a refusal is logged as one.
}

Result<http::Response> Idempotency::replay(const std::string& scope,
                                           const std::string& sealed) const
{
    ACCESSD_TRY(const auto text, keyring_.unseal(sealed, answer_context(scope)));
    const auto kept = json::parse(text.reveal());
    http::Response response;
    response.status = kept.at("status").get<int>();
    response.content_type = kept.at("content_type").get<std::string>();
    response.body = kept.at("body").get<std::string>();
    response.project_id = kept.value("project_id", "");
    for (const auto& header : kept.at("headers")) {
        response.headers.push_back(
            {header.at(0).get<std::string>(), header.at(1).get<std::string>()});
    }
    response.headers.push_back({"Idempotency-Replayed", "true"});
    return response;
}

}  // namespace accessd::app
