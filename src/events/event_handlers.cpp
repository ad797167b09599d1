#include "events/event_handlers.h"

#include "base/time_text.h"
#include "events/event_json.h"
#include "http/fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

namespace accessd::events {
namespace {

constexpr std::size_t kIdMax = 128;
constexpr std::size_t kTypesTextMax = 2000;

nlohmann::json to_json(const Event& event)
{
    return {{"event_id", event.id},
            {"type", to_text(event.type)},
            {"timestamp", to_rfc3339(event.at)},
            {"data", event_data(event)}};
}

std::optional<TimePoint> read_time(http::Query& query, std::string_view name)
{
    const auto text = query.string(name, 24);
    if (!text) return std::nullopt;
    const auto time = parse_rfc3339(*text);
    if (!time) query.refuse(name, "must be a time like 2026-03-01T09:30:00Z");
    return time;
}

/// "login.completed,user.created".
void read_types(http::Query& query, EventFilter& filter)
{
    const auto text = query.string("type", kTypesTextMax);
    if (!text) return;
    std::string_view rest = *text;
    while (true) {
        const auto name = rest.substr(0, rest.find(','));
        const auto type = parse_event_type(name);
        if (!type) return query.refuse("type", "must name events that the API describes");
        filter.types.push_back(*type);
        if (name.size() == rest.size()) return;
        rest.remove_prefix(name.size() + 1);
    }
}

EventFilter read_filter(http::Query& query)
{
    EventFilter filter;
    read_types(query, filter);
    filter.user_id = query.string("user_id", kIdMax);
    filter.login_id = query.string("login_id", kIdMax);
    filter.validation_id = query.string("validation_id", kIdMax);
    return filter;
}

/// The project asked for, or the only one that the token is for.
std::string read_project(http::Query& query, const http::Request& request)
{
    const auto named = query.string("project_id", kIdMax);
    const auto& scope = request.scope();
    if (named) return *named;
    if (!scope.is_all() && scope.ids().size() == 1) return scope.ids().front();
    query.refuse("project_id", "must be given: the token is for more than one project");
    return {};
}

std::optional<std::int64_t> parse_sequence(std::string_view text)
{
    std::int64_t sequence = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, sequence);
    if (error != std::errc{} || stopped != end || sequence < 0) return std::nullopt;
    return sequence;
}

/// Whether the credentials that a stream was opened with would still open it.
std::function<bool()> asks_again(http::Guard& guard, const http::Request& request,
                                 std::string project_id)
{
    http::Request kept;
    kept.method = request.method;
    kept.path = request.path;
    for (const auto* name : {"Authorization", "Cookie"}) {
        if (const auto value = request.header(name)) {
            kept.headers.push_back({name, std::string{*value}});
        }
    }
    return [&guard, kept = std::move(kept), project_id = std::move(project_id)] {
        constexpr std::size_t kBearer = std::string_view{"Bearer "}.size();
        std::optional<Caller> caller;
        if (const auto header = kept.header("Authorization")) {
            const auto authenticated =
                guard.authenticate(header->substr(std::min(kBearer, header->size())));
            if (authenticated) caller = *authenticated;
        } else if (const auto session = guard.find_session(kept); session && *session) {
            caller = **session;
        }
        return caller && caller->may(Scope::Read) && caller->projects.allows(project_id);
    };
}

}  // namespace

EventHandlers::EventHandlers(EventStore& store, EventStreams& streams, http::Guard& guard)
    : store_(store), streams_(streams), guard_(guard)
{
}

/// GET /v2/access/events?project_id=&type=login.completed,user.created&user_id=&from=&to=
Result<http::Response> EventHandlers::list(const http::Request& request)
{
    http::Query query{request};
    const auto project_id = read_project(query, request);
    auto filter = read_filter(query);
    filter.from = read_time(query, "from");
    filter.to = read_time(query, "to");
    const auto page = query.page();
    ACCESSD_CHECK(query.check());
    if (!request.scope().allows(project_id)) return ErrorCode::ProjectNotFound;

    ACCESSD_TRY(const auto events, store_.list(project_id, filter, page));
    auto items = nlohmann::json::array();
    for (const auto& event : events.items) items.push_back(to_json(event));
    return http::success(http::page_json(std::move(items), events.next), "Events");
}

/// GET /v2/access/events/stream?project_id=   Last-Event-ID: 1234
Result<http::Response> EventHandlers::stream(const http::Request& request)
{
    http::Query query{request};
    EventStreams::Wish wish;
    wish.project_id = read_project(query, request);
    wish.filter = read_filter(query);
    const auto after = query.string("after", 20);
    ACCESSD_TRY(wish.after, store_.last_sequence(wish.project_id));
    if (const auto last = request.header("Last-Event-ID")) {
        const auto sequence = parse_sequence(*last);
        if (sequence) wish.after = *sequence;
        if (!sequence) query.refuse("Last-Event-ID", "must be the id of an event of this stream");
    } else if (after) {
        const auto sequence = parse_sequence(*after);
        if (sequence) wish.after = *sequence;
        if (!sequence) query.refuse("after", "must be a number: the sequence of an event");
    }
    ACCESSD_CHECK(query.check());
    if (!request.scope().allows(wish.project_id)) return ErrorCode::ProjectNotFound;

    wish.caller = request.authenticated().subject;
    wish.may_go_on = asks_again(guard_, request, wish.project_id);
    http::Response response;
    response.content_type = "text/event-stream";
    if (request.method == "HEAD") return response;
    ACCESSD_TRY(response.live, streams_.open(std::move(wish)));
    // Proxies gather answers; this one is for those that can be asked not to.
    response.headers.push_back({"X-Accel-Buffering", "no"});
    return response;
}

}  // namespace accessd::events
