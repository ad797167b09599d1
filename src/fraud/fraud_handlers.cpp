#include "fraud/fraud_handlers.h"

#include "base/id.h"
#include "events/audit_handlers.h"
#include "http/entity_tag.h"
#include "http/fields.h"
#include "http/render.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace accessd::fraud {
namespace {

constexpr double kMillion = 1e6;
constexpr std::int64_t kMessagesMax = 10'000'000;
constexpr double kSpendMax = 1e6;
constexpr double kPriceMax = 100;
constexpr std::size_t kPricesMax = 300;

double to_money(std::int64_t millionths) { return static_cast<double>(millionths) / kMillion; }
std::int64_t from_money(double money)
{
    return static_cast<std::int64_t>(std::llround(money * kMillion));
}

nlohmann::json to_json(const Settings& settings)
{
    auto prices = nlohmann::json::object();
    for (const auto& [start, price] : settings.prices) prices[start] = to_money(price);
    return {{"rules",
             {{"block", to_text(settings.block)},
              {"range", to_text(settings.range)},
              {"country", to_text(settings.country)},
              {"client", to_text(settings.client)},
              {"caps", to_text(settings.caps)}}},
            {"messages_per_day", settings.messages_per_day},
            {"spend_per_day", to_money(settings.spend_per_day)},
            {"prices", std::move(prices)}};
}

nlohmann::json to_json(const Block& block, TimePoint now)
{
    const bool is_over = block.ended_at || block.until <= now;
    return {{"block_id", block.id},
            {"project_id", block.project_id},
            {"scope", block.scope},
            {"key", block.key},
            {"reason", block.reason},
            {"dry_run", block.is_dry_run},
            {"status", is_over ? "over" : "active"},
            {"began_at", to_rfc3339(block.began_at)},
            {"until", to_rfc3339(block.until)},
            {"ended_at", http::or_null(block.ended_at)}};
}

bool is_start(std::string_view text)
{
    constexpr std::size_t max = 16;
    if (text == "*") return true;
    return text.size() >= 2 && text.size() <= max && text[0] == '+' && text[1] != '0' &&
           std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void read_rules(http::Fields& body, Settings& settings)
{
    auto rules = body.object("rules");
    if (!rules) return;
    const auto read = [&](const char* name, Mode& mode) {
        if (const auto text = rules->choice(name, false, {"on", "dry_run", "off"})) {
            mode = *parse_mode(*text);
        }
    };
    read("block", settings.block);
    read("range", settings.range);
    read("country", settings.country);
    read("client", settings.client);
    read("caps", settings.caps);
    body.absorb(*rules);
}

void read_prices(http::Fields& body, Settings& settings)
{
    constexpr std::size_t bytes_max = 16 * 1024;
    const auto prices = body.json("prices", false, bytes_max);
    if (!prices) return;
    if (prices->size() > kPricesMax) body.refuse("prices", "has more than 300 entries");
    for (const auto& [start, price] : prices->items()) {
        const bool is_price =
            price.is_number() && price.get<double>() >= 0 && price.get<double>() <= kPriceMax;
        if (!is_start(start)) body.refuse("prices", "must be by starts of numbers (+34) or *");
        if (!is_price) body.refuse("prices", "must be numbers from 0 to 100");
        if (is_start(start) && is_price) {
            settings.prices.insert_or_assign(start, from_money(price.get<double>()));
        }
    }
}

/// The whole of it: what isn't named gets its standard.
Settings read_settings(http::Fields& body)
{
    Settings settings;
    read_rules(body, settings);
    if (const auto count = body.integer("messages_per_day", {.min = 0, .max = kMessagesMax})) {
        settings.messages_per_day = *count;
    }
    if (const auto money = body.number("spend_per_day", false, 0, kSpendMax)) {
        settings.spend_per_day = from_money(*money);
    }
    read_prices(body, settings);
    return settings;
}

}  // namespace

FraudHandlers::FraudHandlers(FraudStore& store, projects::Projects& projects, Clock& clock)
    : store_(store), projects_(projects), clock_(clock)
{
}

/// GET /v2/access/projects/{project_id}/fraud-guard
Result<http::Response> FraudHandlers::get_settings(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, projects_.get(request.parameter("project_id"), request.scope()));
    ACCESSD_TRY(const auto settings, store_.settings(setup->project.id));
    return http::tagged(to_json(settings), "Fraud guard");
}

/// PUT /v2/access/projects/{project_id}/fraud-guard
///     {"rules": {"range": "dry_run"}, "spend_per_day": 50, "prices": {"+34": 0.05, "*": 0.1}}
Result<http::Response> FraudHandlers::put_settings(const http::Request& request)
{
    ACCESSD_TRY(const auto setup, projects_.get(request.parameter("project_id"), request.scope()));
    ACCESSD_TRY(auto body, http::Fields::parse(request));
    auto settings = read_settings(body);
    ACCESSD_CHECK(body.check());
    if (settings.spend_per_day > 0 && settings.prices.empty()) {
        return Error::invalid("prices", "are missing: without them no money is counted");
    }
    ACCESSD_TRY(const auto if_match, http::IfMatch::parse(request));
    ACCESSD_TRY(const auto stored, store_.settings(setup->project.id));
    ACCESSD_CHECK(if_match.check(to_json(stored)));
    settings.version = stored.version;
    ACCESSD_TRY(settings.version,
                store_.put_settings(setup->project.id, settings,
                                    events::audit_of(request, "fraud_guard.changed")
                                        .about(setup->project.id, setup->project.id)));
    return http::tagged(to_json(settings), "Fraud guard changed");
}

/// GET /v2/access/projects/{project_id}/fraud-blocks
Result<http::Response> FraudHandlers::blocks(const http::Request& request)
{
    http::Query query{request};
    const auto page = query.page();
    ACCESSD_CHECK(query.check());
    ACCESSD_TRY(const auto setup, projects_.get(request.parameter("project_id"), request.scope()));
    ACCESSD_TRY(const auto found, store_.blocks(setup->project.id, page));
    auto items = nlohmann::json::array();
    for (const auto& block : found.items) items.push_back(to_json(block, clock_.now()));
    return http::success(http::page_json(std::move(items), found.next), "Blocks");
}

/// DELETE /v2/access/fraud-blocks/{block_id}
Result<http::Response> FraudHandlers::end_block(const http::Request& request)
{
    const auto& id = request.parameter("block_id");
    if (!looks_like_id(id, "blk_")) return ErrorCode::BlockNotFound;
    ACCESSD_TRY(const auto found, store_.find_block(id, request.scope()));
    if (!found) return ErrorCode::BlockNotFound;
    ACCESSD_TRY(const auto block,
                store_.end_block(
                    id, request.scope(), clock_.now(),
                    events::audit_of(request, "fraud_block.ended").about(id, found->project_id)));
    return http::success(to_json(block, clock_.now()), "Block ended");
}

}  // namespace accessd::fraud
